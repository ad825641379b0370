import type { PrometheusServer } from '../config/config.ts';
import { ask } from './ask.ts';
import { authorizationOf } from './login.ts';
import type { ReadSecret } from './login.ts';
import { parseMatrix, rangeParameters } from './matrix.ts';
import type { MatrixSeries, Steps } from './matrix.ts';
import { PrometheusError } from './problem.ts';

/** Far more than a company with 50 monitors needs. */
const mostSeries = 5000;

/** Asks for the series of an expression, at the end of each step. @throws PrometheusError */
export type Asker = (expression: string, steps: Steps) => Promise<readonly MatrixSeries[]>;

/** What an asker needs. */
export interface AskerOptions {
  readonly server: PrometheusServer;
  readonly readSecret: ReadSecret;
  /** Ends the wait for all questions together. */
  readonly total: AbortSignal;
}

/** One question after another to a server, each within the time that the configuration allows. */
export function createAsker({ server, readSecret, total }: AskerOptions): Asker {
  return async (expression, steps) => {
    if (total.aborted) throw new PrometheusError('slow', 'all questions together take too long');
    const parameters = rangeParameters(expression, steps, server.timeoutMs);
    const authorization = await authorizationOf(server, readSecret);
    const signal = AbortSignal.any([total, AbortSignal.timeout(server.timeoutMs)]);
    return parseMatrix(await ask({ server, parameters, authorization, signal }), mostSeries);
  };
}
