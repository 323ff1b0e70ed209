// The messages on the screen. Everything a peer has sent is set as text, never as markup.

import { addressOf, isImage, sizeOf } from './files.js';

const keptMessages = 500;
const groupMinutes = 5;
const link = /(https?:\/\/[^\s<>"]+)/;

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The same name has the same colour everywhere. */
export function hueOf(name) {
  let hash = 0;
  for (const character of name) {
    hash = Math.imul(hash ^ character.codePointAt(0), 0x85ebca6b);
    hash ^= hash >>> 13; // Brings the high bits down, or short names would look alike.
  }

  return (hash >>> 0) % 360;
}

export function avatarOf(name) {
  const avatar = make('span', { className: 'avatar', textContent: [...name][0].toUpperCase(), ariaHidden: 'true' });
  avatar.style.setProperty('--hue', hueOf(name));
  return avatar;
}

export class MessageList {
  #list;
  #byId = new Map();

  constructor(list) {
    this.#list = list;
  }

  has(id) {
    return this.#byId.has(id);
  }

  clear() {
    [...this.#list.children].forEach(item => this.#remove(item));
    this.#byId.clear();
  }

  notice(text) {
    this.#append(make('li', { className: 'notice', textContent: text }));
  }

  /** message: { id, name, own, time, text } or { id, name, own, time, file, mime, size, content }. */
  add(message, state = 'sent') {
    const item = make('li', { className: 'message' });
    item.dataset.testid = 'message';
    item.dataset.own = String(message.own);
    item.dataset.name = message.name;
    item.dataset.kind = message.text !== undefined ? 'text' : isImage(message.mime) ? 'image' : 'file';
    const author = make('span', { className: 'author', textContent: message.name });
    author.dataset.testid = 'message-author';
    const body = message.text !== undefined ? textOf(message.text) : this.#fileOf(item, message);
    body.dataset.testid = 'message-body';
    item.append(
      avatarOf(message.name),
      make('div', { className: 'meta' }, author, ' ', make('time')),
      body,
      make('p', { className: 'status', ariaLive: 'off' }));
    if (message.id) {
      this.#byId.set(message.id, item);
    }

    this.#append(item);
    this.#date(item, message.time);
    this.#mark(item, state);
    return item;
  }

  delivered(id, time) {
    const item = this.#byId.get(id);
    this.#mark(item, 'sent');
    this.#date(item, time);
    // Others may have spoken since it was written: it stands where the room has seen it.
    if (item.nextElementSibling) {
      const next = item.nextElementSibling;
      this.#list.append(item);
      group(item);
      group(next);
    }
  }

  waiting(id, text) {
    this.#mark(this.#byId.get(id), 'pending', text);
  }

  failed(id, why) {
    const item = this.#byId.get(id);
    if (item) this.#mark(item, 'failed', `Not delivered. ${why}`);
  }

  #mark(item, state, text = '') {
    item.dataset.state = state;
    item.querySelector('.status').textContent = text;
  }

  #date(item, time) {
    const date = new Date(time);
    item.dataset.time = date.getTime();
    Object.assign(item.querySelector('time'), {
      dateTime: date.toISOString(),
      title: date.toLocaleString(),
      textContent: date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
    });
    group(item);
  }

  #fileOf(item, { file, mime, size, content }) {
    const address = addressOf(content, mime);
    item.dataset.address = address;
    const save = make('a', { href: address, download: file, className: 'file' },
      make('span', { className: 'file-name', textContent: file }), make('span', { className: 'quiet', textContent: sizeOf(size) }));
    const body = make('div', { className: 'body' });
    if (isImage(mime)) {
      const image = make('img', { src: address, alt: file });
      image.addEventListener('error', () => image.remove());
      body.append(image);
    }

    body.append(save);
    return body;
  }

  #append(item) {
    this.#list.append(item);
    if (this.#list.children.length > keptMessages) {
      this.#remove(this.#list.firstElementChild);
    }
  }

  #remove(item) {
    if (item.dataset.address) {
      URL.revokeObjectURL(item.dataset.address);
    }

    item.remove();
  }
}

/** Consecutive messages of one author stand together, under one name. */
function group(item) {
  const before = item.previousElementSibling;
  const follows = before?.dataset.name === item.dataset.name && item.dataset.time - before.dataset.time < groupMinutes * 60000;
  item.classList.toggle('follows', Boolean(item.dataset.name && follows));
}

function textOf(text) {
  const body = make('p', { className: 'body', dir: 'auto' });
  // Every second piece is an address, because the expression captures.
  text.split(link).forEach((piece, index) => body.append(index % 2 === 0 ? piece
    : make('a', { href: piece, textContent: piece, target: '_blank', rel: 'noopener noreferrer' })));
  return body;
}
