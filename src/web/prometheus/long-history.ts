import type { PrometheusServer } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import { ask } from '../../prometheus/ask.ts';
import { authorizationOf } from '../../prometheus/login.ts';
import type { ReadSecret } from '../../prometheus/login.ts';
import { rangeParameters } from '../../prometheus/matrix.ts';
import { PrometheusError } from '../../prometheus/problem.ts';
import type { HistoryProblem } from '../../prometheus/problem.ts';
import { readAnswer } from './answer.ts';
import type { PointsByMonitor } from './answer.ts';
import { historyExpression } from './promql.ts';
import type { HistoryWish } from './promql.ts';

/** Questions that Prometheus has to answer at the same time. */
const mostAtOnce = 3;
/** An answer is good for as long, a failure for less: pages ask again by themselves. */
const keptMs = 60_000;
const failureKeptMs = 5_000;
/** Answers that are kept. */
const mostKept = 32;

/** The points that were asked for, or why there are none. */
export type LongHistoryResult =
  | { readonly ok: true; readonly points: PointsByMonitor }
  | { readonly ok: false; readonly problem: HistoryProblem };

/** What `LongHistory` needs. */
export interface LongHistoryOptions {
  /** What the configuration in force says. */
  readonly server: () => PrometheusServer | undefined;
  readonly readSecret: ReadSecret;
  readonly log: Pick<Logger, 'warn'>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

interface Kept {
  readonly result: Promise<LongHistoryResult>;
  /** When it is asked for anew; Infinity while it is on its way. */
  until: number;
}

/** What monitors looked like over more than a day, as the Prometheus that scrapes the exporter has it. */
export class LongHistory {
  readonly #options: LongHistoryOptions;
  #server: PrometheusServer | undefined;
  /** By parameters of the question: by company, too. The oldest first. */
  #kept = new Map<string, Kept>();
  #running = 0;

  constructor(options: LongHistoryOptions) {
    this.#options = options;
  }

  get isConfigured(): boolean {
    return this.#options.server() !== undefined;
  }

  /** Asks for a wish, unless the answer is known. Who may see the company must be settled before. Never rejects. */
  async of(wish: HistoryWish): Promise<LongHistoryResult> {
    const server = this.#options.server();
    if (server === undefined) return { ok: false, problem: 'unreachable' };
    if (server !== this.#server) this.#kept = new Map();
    this.#server = server;
    const expression = historyExpression(wish, server.labels);
    const parameters = rangeParameters(expression, wish.span, server.timeoutMs);
    const key = parameters.toString();
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#options.clock() < kept.until) return kept.result;
    if (this.#running >= mostAtOnce) return { ok: false, problem: 'busy' };
    return this.#begin(key, () => this.#ask(server, parameters, wish));
  }

  async #begin(key: string, work: () => Promise<LongHistoryResult>): Promise<LongHistoryResult> {
    this.#running += 1;
    // All who ask for the same meanwhile wait for the same answer.
    const begun: Kept = { result: work(), until: Infinity };
    this.#kept.delete(key);
    this.#kept.set(key, begun);
    const [oldest = key] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    const result = await begun.result;
    this.#running -= 1;
    begun.until = this.#options.clock() + (result.ok ? keptMs : failureKeptMs);
    return result;
  }

  async #ask(
    server: PrometheusServer,
    parameters: URLSearchParams,
    wish: HistoryWish,
  ): Promise<LongHistoryResult> {
    const signal = AbortSignal.timeout(server.timeoutMs);
    try {
      const authorization = await authorizationOf(server, this.#options.readSecret);
      const points = readAnswer(await ask({ server, parameters, authorization, signal }), wish);
      return points.size === 0 ? { ok: false, problem: 'empty' } : { ok: true, points };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#options.log.warn('prometheus not read', { url: server.url, problem });
      return { ok: false, problem: error instanceof PrometheusError ? error.problem : 'wrong' };
    }
  }
}
