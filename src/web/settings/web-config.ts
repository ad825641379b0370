import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readText } from '../../config/source/files.ts';
import type { ConfigProblem } from '../../config/source/problem.ts';
import { formatProblem } from '../../config/source/problem.ts';
import type { Logger } from '../../log.ts';
import { loadSettings, noSettings } from './load.ts';
import type { LoadedSettings, WebSettings } from './load.ts';

/** The files are looked at again after this time, in milliseconds, when a request or connection comes in. */
const freshMs = 200;
/** A request waits for them no longer than this, in milliseconds: they may be on a share that hangs. */
const patienceMs = 250;

/** The settings in force, from files that may change at any time: a certificate is renewed, a password taken away. */
export class WebConfig {
  readonly #file: string;
  readonly #log: Logger;
  #loaded: LoadedSettings;
  #settings: WebSettings = noSettings;
  #checkedAt: number;
  #check: Promise<void> | undefined;

  private constructor(file: string, log: Logger, loaded: LoadedSettings) {
    this.#file = file;
    this.#log = log;
    this.#loaded = loaded;
    this.#checkedAt = performance.now();
    if (loaded.ok) this.#settings = loaded.settings;
  }

  /** @returns the problems when the file, or one that it names, is bad. */
  static async open(file: string, log: Logger): Promise<WebConfig | readonly ConfigProblem[]> {
    const loaded = await loadSettings(file, Date.now());
    if (!loaded.ok) return loaded.problems;
    for (const warning of loaded.warnings)
      log.warn('web configuration warning', { problem: formatProblem(warning) });
    return new WebConfig(file, log, loaded);
  }

  /** The settings now. When files have changed and are bad, the settings from before stay in force. */
  async current(): Promise<WebSettings> {
    if (this.#check === undefined && performance.now() - this.#checkedAt > freshMs)
      this.#check = this.#renew().finally(() => {
        this.#checkedAt = performance.now();
        this.#check = undefined;
      });
    if (this.#check !== undefined)
      await Promise.race([this.#check, delay(patienceMs, undefined, { ref: false })]);
    return this.#settings;
  }

  async #renew(): Promise<void> {
    const before = [...this.#loaded.texts];
    const now = await Promise.all(before.map(async ([path]) => [path, await readText(path)] as const));
    if (isDeepStrictEqual(before, now)) return;
    this.#loaded = await loadSettings(this.#file, Date.now());
    if (this.#loaded.ok) {
      this.#settings = this.#loaded.settings;
      this.#log.info('web configuration reloaded', { file: this.#file });
      return;
    }
    for (const problem of this.#loaded.problems)
      this.#log.error('web configuration rejected', { problem: formatProblem(problem) });
  }
}
