// The small corner that tries the other endpoints. Plain WebSockets, as short as they can be used.

import { ReconnectingSocket } from './socket.js';

const byId = id => document.getElementById(id);

function open(path) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return new WebSocket(address);
}

// /time pushes ISO 8601 texts. A hidden tab needs no clock.
const clock = byId('clock');
const time = new ReconnectingSocket('time');
time.addEventListener('message', ({ data }) => {
  time.ready();
  clock.dateTime = data;
  clock.textContent = data.slice(11, 19);
});
time.addEventListener('state', () => clock.classList.toggle('stale', time.state !== 'open'));
const runClock = () => document.hidden ? time.close() : time.open();
document.addEventListener('visibilitychange', runClock);
runClock();

// /echo answers with what it was sent.
byId('echo-form').addEventListener('submit', event => {
  event.preventDefault();
  const result = byId('echo-result');
  const socket = open('echo');
  let began = 0;
  result.textContent = '';
  socket.onopen = () => {
    began = performance.now();
    socket.send(byId('echo-text').value);
  };
  socket.onmessage = ({ data }) => {
    result.textContent = `“${data}” after ${(performance.now() - began).toFixed(1)} ms`;
    socket.close(1000);
  };
  socket.onerror = () => { result.textContent = 'The server cannot be reached.'; };
});

// /close closes with the code and the reason of its query.
byId('close-form').addEventListener('submit', event => {
  event.preventDefault();
  const result = byId('close-result');
  const query = new URLSearchParams({ code: byId('close-code').value, reason: byId('close-reason').value });
  const socket = open(`close?${query}`);
  let told = '';
  result.textContent = '';
  socket.onmessage = ({ data }) => { told = `${data} `; };
  socket.onclose = ({ code, reason }) => {
    result.textContent = `${told}Closed with ${code}${reason ? ` “${reason}”` : ''}`;
  };
});
