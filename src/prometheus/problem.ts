/** Why Prometheus was not read; charts have a sentence for each. `busy` and `empty` are said of charts alone. */
export type HistoryProblem = 'unreachable' | 'slow' | 'refused' | 'wrong' | 'large' | 'busy' | 'empty';

/** Prometheus was not read. The message is for the log: it may name what readers need not know. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
  readonly problem: HistoryProblem;

  constructor(problem: HistoryProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
