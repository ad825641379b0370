import { formatDuration } from '../../duration.ts';
import type { RunContext } from '../contract.ts';
import { localTime } from '../shared/local-time.ts';
import type { CycleResult } from './engine/cycle-types.ts';
import type { Settings } from './settings.ts';

/** As many milliseconds as a promise is rounded up to, by how long it is. */
const steps: readonly { readonly below: number; readonly step: number }[] = [
  { below: 1_000, step: 10 },
  { below: 60_000, step: 1_000 },
  { below: 600_000, step: 10_000 },
  { below: 7_200_000, step: 60_000 },
  { below: Infinity, step: 600_000 },
];

/** A duration that is promised: never less than it is. */
export function upTo(ms: number): string {
  const step = steps.find(({ below }) => ms < below)?.step ?? 1_000;
  return formatDuration(Math.max(1, Math.ceil(ms / step)) * step);
}

/** Whether everything in the window was compared within the promise. */
export function isCovered({ verifiedThrough, share }: CycleResult): boolean {
  return verifiedThrough !== null && share === 1;
}

/** Beyond this many times the promise, ErpReconciliationStale says that it is not kept. */
const staleFactor = 1.5;

/** Whether a part of the window has waited for longer than was promised; see the alert ErpReconciliationStale. */
export function isStale({ now, uncheckedSince, promiseMs }: CycleResult): boolean {
  return now - uncheckedSince > staleFactor * promiseMs;
}

/** How far both sides were compared, and within how long a change is seen: phrases for the status. */
export function coverageTexts(
  run: RunContext<Settings>,
  company: string,
  result: CycleResult,
): readonly string[] {
  const { verifiedThrough, byTime, detectionMs, promiseMs, share } = result;
  const local = verifiedThrough === null ? null : localTime(verifiedThrough, run.timezone(company));
  const through = local === null ? [] : [byTime ? `verified through ${local}` : `all compared at ${local}`];
  if (detectionMs === null) return [...through, 'nothing compared yet'];
  if (isCovered(result)) return [...through, `changes in old records are seen within ${upTo(detectionMs)}`];
  return [...through, `${Math.floor(share * 100)} % of the records compared in the last ${upTo(promiseMs)}`];
}

/** How long a full comparison takes and what follows from that, as a sentence for `check --connect`, `try` and the log. */
export function promiseText({ full_audit_every }: Settings, roundMs: number, detectionMs: number): string {
  const seen = `A full comparison takes about ${upTo(roundMs)}: changes in old records are seen within ${upTo(detectionMs)}`;
  if (detectionMs <= full_audit_every) return `${seen}.`;
  return `${seen}, which is longer than full_audit_every (${formatDuration(full_audit_every)}): let runs be more frequent, raise max_duration or duty_cycle, or narrow window.`;
}
