import { cutText } from './samples.ts';

/** Most examples that one note names. */
const mostExamples = 3;

/** The notes of a run, counted so that a million odd rows make one sentence. */
export class Notes {
  readonly #counted = new Map<string, { rows: number; readonly examples: Set<string> }>();
  readonly #sentences = new Set<string>();

  /** Counts a row under `what`, a sentence without its full stop from a small set; `example` is data and is cut. */
  count(what: string, example = ''): void {
    const entry = this.#counted.get(what) ?? { rows: 0, examples: new Set<string>() };
    this.#counted.set(what, entry);
    entry.rows += 1;
    // One more than is listed, to know that there are more.
    if (example !== '' && entry.examples.size <= mostExamples) entry.examples.add(cutText(example, 40));
  }

  /** Adds a sentence, with its full stop, once. */
  say(sentence: string): void {
    this.#sentences.add(sentence);
  }

  /** Adds all that others noted. What is counted in both keeps the count of the others. */
  add(others: Notes): void {
    for (const [what, entry] of others.#counted) this.#counted.set(what, entry);
    for (const sentence of others.#sentences) this.#sentences.add(sentence);
  }

  toArray(): string[] {
    const counted = [...this.#counted].map(([what, { rows, examples }]) => {
      const listed = [...examples].slice(0, mostExamples);
      const more = examples.size > mostExamples ? ', …' : '';
      const list = listed.length > 0 ? `: ${listed.join(', ')}${more}` : '';
      return `${what} (${rows} ${rows === 1 ? 'row' : 'rows'}${list}).`;
    });
    return [...this.#sentences, ...counted];
  }
}
