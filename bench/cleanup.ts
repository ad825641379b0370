/** What must be undone when a benchmark ends, however it ends: the last first. */
export class Cleanup {
  readonly #tasks: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | undefined;

  add(task: () => Promise<void> | void): void {
    this.#tasks.push(task);
  }

  /** Undoes everything; what fails is told and does not keep the rest from being undone. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      try {
        await task();
      } catch (error) {
        process.stderr.write(`while cleaning up: ${String(error)}\n`);
      }
    }
    this.#running = undefined;
  }
}
