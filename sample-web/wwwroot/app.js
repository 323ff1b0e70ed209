// The chat. Chat/ClientMessages.cs and Chat/ServerMessages.cs say what goes over the socket.

import { pack, sizeOf, unpack } from './files.js';
import { Heartbeat } from './heartbeat.js';
import { MessageList } from './messages.js';
import { byId, countUnread, goToEnd, pointToEnd, showConnection, showMembers, showRoom, showRoundTrip } from './screen.js';
import { ReconnectingSocket } from './socket.js';
import './endpoints.js';

const socket = new ReconnectingSocket('chat');
const heartbeat = new Heartbeat(socket, showRoundTrip);
const list = new MessageList(byId('messages'));
const outbox = new Map(); // id -> what is to be sent; kept until the server has sent it back
let wanted = { name: '', room: '' };
let name = null; // as the server has given it; null while not in a room
let limits = { maxText: 2000, maxFile: 512 * 1024 };

// ---- Joining and leaving ----

function roomOfAddress() {
  try { return decodeURIComponent(location.hash.slice(1)).trim().slice(0, 32); } catch { return ''; }
}

function rememberedName() {
  try { return localStorage.getItem('name') ?? ''; } catch { return ''; }
}

function join(newName, newRoom) {
  wanted = { name: newName.trim(), room: newRoom.trim() || 'lobby' };
  byId('join-error').textContent = wanted.name ? '' : 'Please say what to call you.';
  if (!wanted.name) {
    byId('name').focus();
    return;
  }

  try { localStorage.setItem('name', wanted.name); } catch { /* Not remembered, then. */ }
  history.replaceState(null, '', `#${encodeURIComponent(wanted.room)}`);
  socket.open();
}

function leave(problem = '') {
  socket.close();
  name = null;
  outbox.clear();
  list.clear();
  showRoom(null);
  byId('join-error').textContent = problem;
  byId('join').focus();
}

// ---- What the server says ----

const handlers = {
  welcome(message) {
    const back = name !== null;
    ({ name } = message);
    limits = message;
    socket.ready();
    byId('as').textContent = `as ${name}`;
    if (back) {
      list.notice(`You are back as ${name}`);
    } else {
      showRoom(message.room);
      showHint();
      byId('message').focus();
    }

    outbox.forEach((data, id) => transmit(id, data));
    heartbeat.ping();
  },
  who: message => showMembers(message.names, name),
  joined: message => list.notice(`${message.name} joined`),
  left: message => list.notice(`${message.name} left`),
  said: received,
  file: received,
  pong: message => heartbeat.pong(message.id),
  error({ message, id }) {
    if (socket.state === 'open') {
      outbox.delete(id);
      list.failed(id, message);
      showProblem(message);
    } else if (name === null) {
      leave(message); // The server does not let us in.
    } else {
      socket.lost(); // It does not let us back in yet.
    }
  },
};

function received(message) {
  const own = message.name === name;
  if (own && outbox.delete(message.id)) {
    list.delivered(message.id, message.time);
  } else if (!list.has(message.id)) {
    list.add({ ...message, own });
    if (!own) countUnread();
    pointToEnd();
  }
}

socket.addEventListener('connected', () => socket.send(JSON.stringify({ type: 'join', ...wanted })));
socket.addEventListener('message', ({ data }) => {
  if (typeof data === 'string') {
    const message = JSON.parse(data);
    handlers[message.type]?.(message);
  } else {
    const { header, content } = unpack(data);
    handlers[header.type]?.({ ...header, content });
  }
});
socket.addEventListener('state', () => {
  showConnection(socket);
  byId('join').disabled = socket.state === 'connecting';
  byId('join-error').textContent =
    name === null && socket.state === 'reconnecting' ? 'The server cannot be reached. Trying again…' : '';
  if (socket.state !== 'open') outbox.forEach((_, id) => showWaiting(id));
});
setInterval(() => showConnection(socket), 250);

// ---- Sending ----

function submit() {
  const input = byId('message');
  const text = input.value.trim();
  if (text.length > limits.maxText) {
    showProblem(`That is ${text.length - limits.maxText} characters too long.`);
  } else if (text) {
    const id = newId();
    post(id, JSON.stringify({ type: 'say', text, id }), { text });
    input.value = '';
    showHint();
    showProblem('');
  }

  input.focus();
}

async function sendFiles(files) {
  showProblem('');
  for (const file of files) {
    if (file.size > limits.maxFile) {
      showProblem(`“${file.name}” has ${sizeOf(file.size)}; the most is ${sizeOf(limits.maxFile)}.`);
      continue;
    }

    try {
      const content = await file.arrayBuffer();
      const id = newId();
      post(id, pack({ name: file.name, mime: file.type, id }, content), { file: file.name, mime: file.type, size: file.size, content });
    } catch {
      showProblem(`“${file.name}” cannot be read.`);
    }
  }
}

function post(id, data, message) {
  outbox.set(id, data);
  list.add({ ...message, id, name, own: true, time: Date.now() }, 'pending');
  goToEnd();
  if (socket.state === 'open') {
    transmit(id, data);
  } else {
    showWaiting(id);
  }
}

function transmit(id, data) {
  list.waiting(id, '');
  socket.send(data);
  if (data instanceof Blob) {
    showProgress(id, data.size);
  }
}

function showWaiting(id) {
  list.waiting(id, 'Will be sent when the server is back');
}

// bufferedAmount is all a page can know about how far a message has come.
function showProgress(id, size) {
  const timer = setInterval(() => {
    if (!outbox.has(id) || socket.state !== 'open') {
      clearInterval(timer);
    } else {
      list.waiting(id, `Sending, ${Math.round(100 * Math.max(0, 1 - socket.waiting / size))} %`);
    }
  }, 200);
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');
}

function showProblem(text) {
  byId('problem').textContent = text;
}

function showHint() {
  const { length } = byId('message').value;
  const files = `Files of up to ${sizeOf(limits.maxFile)}`;
  byId('hint').textContent =
    length > limits.maxText * 0.8 ? `${length} of ${limits.maxText} characters`
    : matchMedia('(pointer: coarse)').matches ? `${files} can be sent.`
    : `Enter sends, Shift+Enter begins a new line. ${files} can be dropped or pasted.`;
}

// ---- Wiring ----

function on(id, event, action) {
  byId(id).addEventListener(event, action);
}

on('join-form', 'submit', event => {
  event.preventDefault();
  join(byId('name').value, byId('room').value);
});
on('leave', 'click', () => leave());
on('reconnect', 'click', () => socket.retryNow());
on('copy-link', 'click', async () => {
  const label = byId('copy-link').querySelector('span');
  await navigator.clipboard.writeText(location.href).then(() => 'Copied', () => 'Copy the address bar')
    .then(text => { label.textContent = text; });
  setTimeout(() => { label.textContent = 'Copy link'; }, 2000);
});
on('composer', 'submit', event => {
  event.preventDefault();
  submit();
});
on('message', 'input', showHint);
on('message', 'keydown', event => {
  // While an input method is composing a word, Enter is its own.
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
on('message', 'paste', event => {
  if (event.clipboardData.files.length > 0) {
    event.preventDefault();
    sendFiles([...event.clipboardData.files]);
  }
});
on('file', 'change', event => {
  sendFiles([...event.target.files]).then(() => { event.target.value = ''; }); // So that the same file can be chosen again.
});

// A file dropped anywhere on the page is sent; without this the browser would go to it.
const isFile = event => event.dataTransfer?.types.includes('Files');
addEventListener('dragover', event => {
  if (isFile(event)) {
    event.preventDefault();
    byId('drop').hidden = name === null;
  }
});
addEventListener('dragleave', event => { if (!event.relatedTarget) byId('drop').hidden = true; });
addEventListener('drop', event => {
  if (isFile(event)) {
    event.preventDefault();
    byId('drop').hidden = true;
    if (name !== null) sendFiles([...event.dataTransfer.files]);
  }
});

addEventListener('hashchange', () => {
  const room = roomOfAddress();
  byId('room').value = room;
  if (name !== null && room && room !== wanted.room) {
    leave();
    join(wanted.name, room);
  }
});

byId('name').value = rememberedName();
byId('room').value = roomOfAddress();
byId(byId('name').value ? 'join' : 'name').focus();
