/** Work that cannot be cancelled, by its key: who asks for what is under way gets that. */
export class PendingWork {
  readonly #pending = new Map<string, Promise<unknown>>();

  /** See `RunContext.pending`. A key stands for one type of result. */
  readonly join = <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    const found = this.#pending.get(key) as Promise<Result> | undefined;
    if (found !== undefined) return found;
    const begun = work().finally(() => this.#pending.delete(key));
    this.#pending.set(key, begun);
    // A run that was given up no longer listens.
    begun.catch(() => undefined);
    return begun;
  };
}
