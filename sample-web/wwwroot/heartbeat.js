// Measures the round trip and notices a line that looks open while nobody is there any more.

const every = 5000;
const patience = 10000;

export class Heartbeat {
  #socket;
  #show;
  #id = 0;
  #sent = 0;
  #answered = true;

  constructor(socket, show) {
    this.#socket = socket;
    this.#show = show;
    setInterval(() => this.#check(), every);
  }

  ping() {
    this.#answered = false;
    this.#sent = performance.now();
    this.#socket.send(JSON.stringify({ type: 'ping', id: ++this.#id }));
  }

  pong(id) {
    if (id === this.#id) {
      this.#answered = true;
      this.#show(performance.now() - this.#sent);
    }
  }

  #check() {
    if (this.#socket.state !== 'open') {
      return;
    }

    if (this.#answered) {
      this.ping();
    } else if (performance.now() - this.#sent > patience && this.#socket.waiting === 0) {
      this.#socket.lost();
    }
  }
}
