// A WebSocket that comes back by itself: after a loss it waits a little, twice as long after each failure, with some chance in
// it so that the tabs of a restarted server do not all return in the same moment.

const firstDelay = 500;
const longestDelay = 15000;
const patience = 10000; // how long an attempt may take, in ms

/**
 * States: closed, connecting (the first attempt), open, reconnecting (waiting or trying again).
 * Events: `state` whenever state or retryAt changes, `connected` when the transport is up, `message` with the event's data.
 */
export class ReconnectingSocket extends EventTarget {
  #url;
  #socket = null;
  #timer = 0;
  #failures = 0;
  state = 'closed';
  retryAt = 0; // when the next attempt begins, as performance.now(); 0 while one is under way

  constructor(path) {
    super();
    this.#url = new URL(path, location.href);
    this.#url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#url.hash = '';
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.retryNow(); });
  }

  open() {
    this.close();
    this.#failures = 0;
    this.#set('connecting');
    this.#attempt();
  }

  close() {
    this.#forget();
    this.#set('closed');
  }

  /** Ends the wait for the next attempt. */
  retryNow() {
    if (this.state === 'reconnecting' && this.retryAt > 0) {
      this.#attempt();
    }
  }

  /** The server has answered sensibly. Only this counts as success, so that a server which closes at once is not hammered. */
  ready() {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#set('open');
  }

  /** The connection is of no use any more: try another. */
  lost() {
    if (this.state === 'closed') {
      return;
    }

    this.#forget();
    const limit = Math.min(longestDelay, firstDelay * 2 ** this.#failures++);
    const delay = limit * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#attempt(), delay);
    this.#set('reconnecting', performance.now() + delay);
  }

  send(data) {
    this.#socket?.send(data);
  }

  /** Bytes handed over and not yet on the wire. */
  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  #attempt() {
    this.#forget();
    this.#set(this.state);
    this.#timer = setTimeout(() => this.lost(), patience);
    const socket = this.#socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    // An attempt that has been given up must not speak for the one that followed it.
    const ifCurrent = action => event => { if (socket === this.#socket) action(event); };
    socket.onopen = ifCurrent(() => this.dispatchEvent(new Event('connected')));
    socket.onmessage = ifCurrent(event => this.dispatchEvent(new MessageEvent('message', { data: event.data })));
    socket.onclose = ifCurrent(() => this.lost());
  }

  #forget() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket?.readyState === WebSocket.CONNECTING) {
      socket.onopen = () => socket.close(); // Closed any sooner, it would be an error in the browser's console.
    } else {
      socket?.close();
    }
  }

  #set(state, retryAt = 0) {
    if (state !== this.state || retryAt !== this.retryAt) {
      this.state = state;
      this.retryAt = retryAt;
      this.dispatchEvent(new Event('state'));
    }
  }
}
