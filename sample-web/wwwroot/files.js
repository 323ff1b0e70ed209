// A file travels as one binary message: a line of JSON, a line feed, the bytes.

const lineFeed = 10;

// What is shown in the page. SVG is left out: opened on its own it can run script.
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

export const isImage = mime => shown.has(mime);

export function pack(header, bytes) {
  return new Blob([JSON.stringify(header), '\n', bytes]);
}

export function unpack(buffer) {
  const bytes = new Uint8Array(buffer);
  const end = bytes.indexOf(lineFeed);
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))), content: bytes.subarray(end + 1) };
}

/** An address for the bytes. What is not an image is given no type, so that it can only be saved, never opened as a page. */
export function addressOf(content, mime) {
  return URL.createObjectURL(new Blob([content], { type: isImage(mime) ? mime : 'application/octet-stream' }));
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(kib < 10 ? 1 : 0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
