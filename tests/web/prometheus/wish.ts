import { families as reconcile } from '../../../src/monitors/reconcile/families.ts';
import { families as records } from '../../../src/monitors/records/families.ts';
import type { HistoryWish } from '../../../src/web/prometheus/promql.ts';
import { spanOf } from '../../../src/web/view/history.ts';
import { now } from '../world.ts';

/** What the page of a company asks for. */
export const wish: HistoryWish = {
  company: 'acme',
  environment: '',
  families: [...Object.values(records), ...Object.values(reconcile)].filter(({ history }) => history),
  span: spanOf(7, now),
};

/** An answer of Prometheus. @param values value at the end of each step that is given. */
export function answerOf(
  series: readonly { metric: Record<string, string>; values: Record<number, string> }[],
  span = wish.span,
): string {
  const result = series.map(({ metric, values }) => ({
    metric,
    values: Object.entries(values).map(([step, value]) => [
      (span.from + (Number(step) + 1) * span.stepMs) / 1000,
      value,
    ]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}
