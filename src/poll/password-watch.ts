/** A file that holds a wrong password is read again this often. */
const readEveryMs = 30_000;

export interface PasswordWatchOptions {
  readonly file: string;
  /** The one that was refused. */
  readonly refused: string;
  /** The password in a file; undefined when it cannot be read. Never rejects. */
  readonly read: (file: string) => Promise<string | undefined>;
  /** Called once, with a password that was not tried yet. */
  readonly changed: (password: string) => void;
}

/** Waits for another password in a file, so that it is tried at once, and the wrong one seldom. */
export class PasswordWatch {
  readonly #options: PasswordWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: PasswordWatchOptions) {
    this.#options = options;
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(() => void this.#look(), readEveryMs);
  }

  async #look(): Promise<void> {
    const { file, refused, read, changed } = this.#options;
    const password = await read(file);
    if (this.#isStopped) return;
    if (password === undefined || password === refused) this.#arm();
    else changed(password);
  }
}
