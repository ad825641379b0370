/** Units of a duration in milliseconds, largest first: the order in which they are written. */
const units = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const grammar = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Examples of durations, for messages and documentation. */
export const durationExample = '30s, 15m, 1h30m or 2d';

/**
 * Reads a duration as Prometheus writes them: whole numbers with the units `w d h m s ms`, largest first, each at most
 * once (`1h30m`); a plain `0` needs no unit. A day is 24 hours, a week 7 days.
 *
 * @returns milliseconds; undefined when `text` is not a duration, or too long to be exact.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = grammar.exec(text);
  if (match === null || text === '') return undefined;
  const total = units.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/**
 * The shortest text that `parseDuration` reads back as `ms`: `5400000` is `1h30m`. Weeks are used only for whole weeks, because
 * `90d` reads better than `12w6d`.
 *
 * @param ms milliseconds, rounded to whole ones.
 */
export function formatDuration(ms: number): string {
  const whole = Math.round(Math.abs(ms));
  if (whole === 0) return '0s';
  let rest = whole;
  let text = ms < 0 ? '-' : '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count === 0 || (unit === 'w' && rest % size !== 0)) continue;
    text += `${String(count)}${unit}`;
    rest -= count * size;
  }
  return text;
}
