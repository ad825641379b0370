/** Clean-up tasks of a benchmark, run in reverse order when it ends, fails or is interrupted. */
export class Cleanup {
  readonly #tasks: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | undefined;

  add(task: () => Promise<void> | void): void {
    this.#tasks.push(task);
  }

  /** Runs all tasks. A task that fails is reported and does not stop the others. */
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
