import type { Translator } from '../texts/translator.ts';
import { stepMs } from './collect.ts';
import type { CompanyReport, Stretch } from './types.ts';

/** How grave it is that something is so. */
export type Tone = 'ok' | 'warning' | 'critical' | 'plain';

/** A sentence. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** So many gaps of a sort are told one by one. */
const mostGaps = 20;

/** Samples need not be there to the second. */
const mostSilenceMs = 3 * stepMs;

/** Whether monitoring was there, first of all. */
export function leadLines({ coverage, period, timezone }: CompanyReport, t: Translator): readonly Line[] {
  const { lastKnown, share } = coverage;
  if (lastKnown === null) return [{ text: t.text('report.nothing'), tone: 'critical' }];
  const covered = t.text('report.covered', { share: t.text('report.share', { share }) });
  const isAlive = period.to - lastKnown < mostSilenceMs;
  return [
    isAlive
      ? { text: t.text('report.alive'), tone: 'ok' }
      : { text: t.text('report.silent', { at: t.minuteTime(lastKnown, timezone) }), tone: 'critical' },
    { text: covered, tone: share === 1 ? 'plain' : 'warning' },
  ];
}

function told<Gap extends Stretch>(
  gaps: readonly Gap[],
  t: Translator,
  sentence: (gap: Gap) => string,
): readonly string[] {
  const more = gaps.length - mostGaps;
  const lines = [...gaps]
    .sort((one, other) => other.to - other.from - (one.to - one.from))
    .slice(0, mostGaps)
    .sort((one, other) => one.from - other.from)
    .map(sentence);
  return more > 0 ? [...lines, t.text('report.more', { count: more })] : lines;
}

/** What nobody knows, with its times: the longest gaps of each sort. */
export function coverageLines(
  { coverage, period, timezone }: CompanyReport,
  t: Translator,
): readonly string[] {
  const { first, gaps, monitorGaps, unread, alertGaps, truncated, mixesAlerts } = coverage;
  if (first === null) return [t.text('report.nothing')];
  const at = (instant: number) => t.minuteTime(instant, timezone);
  const times = ({ from, to }: Stretch) => ({
    from: at(from),
    to: at(to),
    duration: t.duration(to - from),
  });
  const isBegin = (gap: Stretch) => gap.from === period.from;
  // Where there are no data at all, there are no rules either: that is said once.
  const isTold = (gap: Stretch) => gaps.some(({ from, to }) => from <= gap.from && gap.to <= to);
  const lines = [
    ...(first > period.from ? [t.text('report.data_from', { at: at(first) })] : []),
    ...told(
      gaps.filter((gap) => !isBegin(gap)),
      t,
      (gap) => t.text('report.gap', times(gap)),
    ),
    ...told(monitorGaps, t, (gap) => t.text('report.monitor_gap', { ...times(gap), monitor: gap.monitor })),
    ...told(unread, t, (gap) => t.text('report.unread', { ...times(gap), monitor: gap.monitor })),
    ...(alertGaps === null && !mixesAlerts ? [t.text('report.no_alerts')] : []),
    ...(mixesAlerts ? [t.text('report.mixed_alerts')] : []),
    ...told(
      (alertGaps ?? []).filter((gap) => !isTold(gap)),
      t,
      (gap) => t.text('report.alert_gap', times(gap)),
    ),
    ...truncated.map((monitor) => t.text('report.truncated', { monitor })),
  ];
  return lines.length === 0 ? [t.text('report.covers_all')] : lines;
}
