// What stands around the messages: the members, the state of the connection, the title, the drawer of a narrow screen.

import { avatarOf, make } from './messages.js';

export const byId = id => document.getElementById(id);

const stateTexts = { closed: 'Not connected', connecting: 'Connecting', open: 'Connected', reconnecting: 'Reconnecting' };

// ---- Views and the title ----

let unread = 0;
let room = null;

/** Shows the chat of a room, or the form that joins one when the room is null. */
export function showRoom(newRoom) {
  room = newRoom;
  const view = room === null ? 'join' : 'chat';
  document.body.dataset.view = view;
  byId('join-view').hidden = view !== 'join';
  byId('chat-view').hidden = view !== 'chat';
  byId('room-name').textContent = room ?? '';
  showPeople(false);
  markRead();
}

export function countUnread() {
  if (document.hidden || !document.hasFocus()) {
    unread++;
    showTitle();
  }
}

function markRead() {
  unread = 0;
  showTitle();
}

function showTitle() {
  const count = unread > 0 ? `(${unread}) ` : '';
  document.title = `${count}${room === null ? '' : `#${room} – `}RawWebSocket chat`;
}

addEventListener('focus', markRead);
document.addEventListener('visibilitychange', () => { if (!document.hidden) markRead(); });

// ---- Members ----

export function showMembers(names, own) {
  byId('people-count').textContent = names.length;
  byId('people-title').textContent = names.length === 1 ? 'Only you are here' : `${names.length} are here`;
  byId('members').replaceChildren(...names.map(name => {
    const item = make('li', {}, avatarOf(name), make('span', { className: 'member-name', dir: 'auto', textContent: name }));
    item.dataset.testid = 'member';
    if (name === own) item.append(make('span', { className: 'quiet', textContent: 'you' }));
    return item;
  }));
}

function showPeople(open) {
  byId('side').classList.toggle('open', open);
  byId('shade').hidden = !open;
  byId('show-people').setAttribute('aria-expanded', String(open));
}

byId('show-people').addEventListener('click', () => {
  showPeople(true);
  byId('hide-people').focus();
});
for (const id of ['hide-people', 'shade']) {
  byId(id).addEventListener('click', () => {
    showPeople(false);
    byId('show-people').focus();
  });
}
addEventListener('keydown', event => { if (event.key === 'Escape') showPeople(false); });

// ---- The connection ----

export function showConnection({ state, retryAt }) {
  byId('state').dataset.state = state;
  // Set only when it differs: it is read aloud at every change.
  if (byId('state-text').textContent !== stateTexts[state]) byId('state-text').textContent = stateTexts[state];
  byId('rtt').hidden = state !== 'open';
  byId('banner').hidden = state !== 'reconnecting';
  byId('reconnect').disabled = retryAt === 0;
  const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
  byId('countdown').textContent =
    `The connection is lost. ${retryAt === 0 ? 'Trying now…' : `Trying again in ${seconds} s`}`;
}

export function showRoundTrip(milliseconds) {
  byId('rtt').textContent = `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

// ---- The end of the messages stays in sight, unless the reader has scrolled up ----

const log = byId('log');
let atEnd = true;
let lastTop = 0;

export function goToEnd() {
  atEnd = true;
  log.scrollTop = log.scrollHeight;
  byId('to-end').hidden = true;
}

// Only a reader scrolls up; content that grows leaves the position as it was.
log.addEventListener('scroll', () => {
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  atEnd = near || (atEnd && log.scrollTop >= lastTop);
  lastTop = log.scrollTop;
  if (atEnd) byId('to-end').hidden = true;
});
byId('to-end').addEventListener('click', goToEnd);

// New messages, pictures that have loaded, a phone's keyboard: all of them change a size.
const resized = new ResizeObserver(() => {
  if (atEnd) goToEnd();
});
resized.observe(log);
resized.observe(byId('messages'));

/** Somebody has spoken; tells so when the reader is elsewhere. */
export function pointToEnd() {
  byId('to-end').hidden = atEnd;
}
