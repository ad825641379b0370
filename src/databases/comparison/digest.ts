import type { DigestInput } from './dialect.ts';
import type { Digest, Selection } from './contract.ts';

/** What digests of servers of different makers agree, the cheapest first. */
export function portableDigests({ key, fields }: Selection): readonly Digest[] {
  const isNumeric = key.measure.type === 'integer' && fields.every(({ measure }) => measure.type !== 'text');
  return isNumeric ? ['integer', 'md5'] : ['md5'];
}

/** The two largest primes below 2^31. */
const primes = [2_147_483_647n, 2_147_483_629n] as const;
/** Primitive roots, so that the multipliers of the inputs differ: L'Ecuyer, CACM 31 (1988). */
const roots = [48_271n, 69_621n] as const;
/** Their first powers are small; sums would not leave the range of the modulus. */
const firstPower = 5;

function power(base: bigint, exponent: number, modulus: bigint): bigint {
  let result = 1n;
  for (let at = 0; at < exponent; at += 1) result = (result * base) % modulus;
  return result;
}

/**
 * The digest `integer` as an expression that every dialect understands: `%` on 64-bit integers rounds to zero everywhere.
 *
 * With m_0, m_1, … = root^5, root^6, … (mod prime) it is the product of two sums, one for each prime:
 * `(m_0 + (x_0 % prime) * m_1 % prime + (x_1 % prime) * m_2 % prime + …) % prime`.
 * The remainders by both primes tell all 64-bit numbers apart but those that lie 2^62 from each other; the product, which is
 * not reduced, is not linear, so that differences in several rows do not cancel in a sum. It stays below 2^62.
 *
 * @param inputs Of type `integer`; key first. Each is written twice, so each should be a mere column.
 */
export function integerDigest(inputs: readonly DigestInput[]): string {
  const [first, second] = primes.map((prime, which) => {
    const multiplier = (at: number): bigint => power(roots[which] ?? 1n, firstPower + at, prime);
    const terms = inputs.map(({ sql }, at) => `${sql} % ${prime} * ${multiplier(at + 1)} % ${prime}`);
    return `(${[multiplier(0), ...terms].join(' + ')}) % ${prime}`;
  });
  return `(${first}) * (${second})`;
}
