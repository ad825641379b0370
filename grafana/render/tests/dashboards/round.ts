const numberIn = (text: string): number => Math.abs(Number(text.replaceAll(/[^\d.-]/g, '')));
const unitIn = (text: string): string => text.replaceAll(/[\d.,\s-]/g, '');

/**
 * Whether the text of a tick is a round number: 10 mins, 2.5 K, 12.5, but neither 8.33 mins nor 16.7. In a unit of time,
 * which has no tenths, only whole and half ones are round.
 */
export function isRound(text: string): boolean {
  const value = numberIn(text);
  if (!Number.isFinite(value)) return false;
  if (/^(s|mins?|hours?|days?|weeks?)$/.test(unitIn(text)) && value >= 1) return Number.isInteger(value * 2);
  const digits = value
    .toString()
    .replace('.', '')
    .replaceAll(/^0+|0+$/g, '');
  return digits.length <= 2 || Number(digits) % 25 === 0 || (Number.isInteger(value) && value >= 100);
}
