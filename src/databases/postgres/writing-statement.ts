import { Statement } from './statement.ts';

/** A statement that may change rows. */
export class WritingStatement extends Statement {
  #changed = 0;

  /** How many rows it changed; 0 while it has not ended. */
  get changed(): number {
    return this.#changed;
  }

  /** The tag of a command ends in how many rows it was about: PostgreSQL's manual, 55.7, `CommandComplete`. */
  override handleCommandComplete({ text }: { readonly text: string }): void {
    const [, count] = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(text) ?? [];
    this.#changed = Number(count ?? 0);
  }
}
