/** Time spent looking: it stands still while the page is hidden. */

export class Stopwatch {
  #since = performance.now();
  #before = 0;
  #running = true;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#stop();
      else this.#go();
    });
  }

  restart(): void {
    this.#before = 0;
    this.#since = performance.now();
    this.#running = !document.hidden;
  }

  get seconds(): number {
    const now = this.#running ? performance.now() - this.#since : 0;
    return Math.round(this.#before + now) / 1000;
  }

  #stop(): void {
    if (this.#running) this.#before += performance.now() - this.#since;
    this.#running = false;
  }

  #go(): void {
    if (!this.#running) this.#since = performance.now();
    this.#running = true;
  }
}
