// Says messages of all sizes to an echo, checks what comes back, and prints what was agreed and how much went over the wire.
// node client.mjs <address> <options of perMessageDeflate as JSON, or false>
import WebSocket from 'ws';

const [address, options] = process.argv.slice(2);
const perMessageDeflate = JSON.parse(options);
if (perMessageDeflate) perMessageDeflate.threshold = 0;

const prices = Array.from({ length: 200 }, (_, i) =>
  JSON.stringify({ id: i, symbol: `ÄBC${i % 7}`, price: (i * 17) % 101, side: i % 2 ? 'buy' : 'sell' }));
const messages = [
  '', 'a', ...prices.slice(0, 50), prices.join('\n'), 'x'.repeat(100_000), '', prices.join(',').repeat(20),
  Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) & 0xff)), ...prices.slice(50, 60),
];

const socket = new WebSocket(address, { perMessageDeflate });
const fail = problem => { console.error(problem); process.exit(1); };
setTimeout(() => fail('There was no end within 20 seconds.'), 20_000).unref();
socket.on('error', error => fail(error.message));

let next = 0;
let payload = 0;
const say = () => {
  payload += Buffer.byteLength(messages[next]);
  socket.send(messages[next]);
};
socket.on('open', say);
socket.on('message', (data, isBinary) => {
  const expected = Buffer.from(messages[next]);
  if (isBinary !== (typeof messages[next] !== 'string') || !data.equals(expected)) fail(`Message ${next} came back as another.`);
  if (++next < messages.length) say(); else socket.close(1000);
});
let transport;
let extensions;
socket.on('upgrade', response => {
  transport = response.socket;
  extensions = response.headers['sec-websocket-extensions'] ?? '';
});
socket.on('close', code => {
  if (next < messages.length) fail(`Closed with ${code} after ${next} messages.`);
  console.log(JSON.stringify({
    code, extensions, messages: next, payload, sent: transport.bytesWritten, received: transport.bytesRead,
  }));
});
