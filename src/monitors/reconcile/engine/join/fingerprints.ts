/** A 64-bit number in two halves, as signed integers. */
export interface Fingerprint {
  low: number;
  high: number;
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The end of MurmurHash3: every bit of the answer depends on every bit of `value`. */
export function scatter(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function step(hash: number, block: number, first: number, second: number): number {
  const mixed = Math.imul(rotate(Math.imul(block, first), 15), second);
  return (Math.imul(rotate(hash ^ mixed, 13), 5) + 0xe6546b64) | 0;
}

/**
 * Writes the fingerprint of a text into `into`: MurmurHash3 (x86, 32 bits; Appleby, public domain) twice, with different
 * seeds and multipliers, over blocks of two UTF-16 units.
 */
export function fingerprintText(text: string, into: Fingerprint): void {
  let low = 0x9747b28c;
  let high = 0x3c6ef372;
  for (let i = 0; i < text.length; i += 2) {
    // Behind the end is NaN, which counts as 0 here; the length distinguishes it from a real one.
    const block = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    low = step(low, block, 0xcc9e2d51, 0x1b873593);
    high = step(high, block, 0x239b961b, 0xab0e9789);
  }
  into.low = scatter(low ^ text.length);
  into.high = scatter(high ^ text.length);
}
