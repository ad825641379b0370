import { createHmac, randomBytes } from 'node:crypto';

/** Compares a password with a bcrypt hash; slow on purpose. */
export type Compare = (password: string, hash: string) => Promise<boolean>;

/** Wrong passwords that are remembered, so that a client that repeats one costs no bcrypt. */
const mostRefused = 1000;
/** Comparisons that may wait for their turn. */
const mostWaiting = 32;

/** Too many passwords are being compared already. */
export class TooManyPasswordsError extends Error {
  override readonly name = 'TooManyPasswordsError';
}

/**
 * Checks passwords. What was compared once is not compared again: a scrape costs no bcrypt. Kept are keyed digests, never a
 * password, and only so many.
 */
export class Passwords {
  readonly #compare: Compare;
  readonly #key = randomBytes(32);
  /** user → digest of the password that was right: one each, and guesses do not push it out. */
  readonly #right = new Map<string, string>();
  readonly #wrong = new Set<string>();
  readonly #running = new Map<string, Promise<boolean>>();

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  /**
   * Whether this is the password of that user. Takes as long for a user that does not exist.
   *
   * @param users their bcrypt hashes.
   * @throws TooManyPasswordsError
   */
  async check(users: ReadonlyMap<string, string>, user: string, password: string): Promise<boolean> {
    const own = users.get(user);
    const [first = ''] = users.values();
    const hash = own ?? first;
    const digest = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, hash, password]))
      .digest('base64');
    if (this.#right.get(user) === digest) return own !== undefined;
    if (this.#wrong.has(digest)) return false;
    const isRight = (await this.#compareOnce(digest, password, hash)) && own !== undefined;
    if (isRight) this.#right.set(user, digest);
    else this.#remember(digest);
    return isRight;
  }

  async #compareOnce(digest: string, password: string, hash: string): Promise<boolean> {
    const running = this.#running.get(digest);
    if (running !== undefined) return running;
    if (this.#running.size >= mostWaiting) throw new TooManyPasswordsError();
    const started = this.#compare(password, hash).finally(() => this.#running.delete(digest));
    this.#running.set(digest, started);
    return started;
  }

  #remember(digest: string): void {
    const [oldest] = this.#wrong;
    if (this.#wrong.size >= mostRefused && oldest !== undefined) this.#wrong.delete(oldest);
    this.#wrong.add(digest);
  }
}
