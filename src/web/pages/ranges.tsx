import type { MessageKey } from '../../texts/messages.ts';
import { historyDays } from '../view/history.ts';
import type { HistoryDays } from '../view/history.ts';
import { usePage } from './context.ts';

/** Which days the charts of a page show, where more than one can be chosen. */
export interface Range {
  /** What is shown: 1 also where more was asked for, and Prometheus did not give it. */
  readonly days: HistoryDays;
  /** Why it is not what was asked for. */
  readonly problem?: 'unreachable' | 'slow' | 'refused' | 'wrong' | 'large' | 'busy' | 'empty';
}

const labels: Readonly<Record<HistoryDays, MessageKey>> = {
  1: 'history.label',
  7: 'history.days_7',
  30: 'history.days_30',
};

/** What charts of these days are called. */
export const daysLabel = (days: HistoryDays): MessageKey => labels[days];

/** Links to the charts of other days: exchanged in place, and whole pages without scripts. */
export function Ranges({ range }: { readonly range: Range | undefined }) {
  const { t, here } = usePage();
  if (range === undefined) return null;
  const to = (days: HistoryDays): string => {
    const url = new URL(here);
    if (days === 1) url.searchParams.delete('days');
    else url.searchParams.set('days', String(days));
    return `${url.pathname}${url.search}`;
  };
  return (
    <nav class="ranges" aria-label={t.text('history.choose')}>
      {historyDays.map((days) => (
        <a
          key={days}
          href={to(days)}
          aria-current={days === range.days ? 'true' : undefined}
          hx-get={to(days)}
          hx-target="#live"
          hx-select="#live"
          hx-swap="outerMorph"
          hx-push-url="true"
        >
          {t.text(labels[days])}
        </a>
      ))}
      {range.problem !== undefined && (
        <p class="problem" role="alert">
          {t.text(`history.problem_${range.problem}`)}
        </p>
      )}
    </nav>
  );
}
