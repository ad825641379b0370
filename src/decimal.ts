const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** Maximum exponent, positive or negative: covers every double, without allowing numbers that exhaust memory. */
const maxExponent = 400;

/** Maximum length of a text that is read as a number. */
const maxLength = 1000;

/** A decimal number, exact: `units` times ten to the power of minus `scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads `-12.50`, `.5`, `1e-7`; undefined when `text` is not a decimal number. */
function parseDecimal(text: string): Decimal | undefined {
  const match = text.length <= maxLength ? grammar.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '' || Math.abs(Number(exponent)) > maxExponent) return undefined;
  const units = BigInt(sign === '-' ? `-${digits}` : digits);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** Whether `text` is a decimal number that `ExactSum` accepts. */
export function isDecimal(text: string): boolean {
  return parseDecimal(text) !== undefined;
}

/** A sum of decimal numbers without rounding, so that a number that was added can be subtracted again exactly. */
export class ExactSum {
  #units = 0n;
  #scale = 0;

  /** @throws RangeError when `text` is not a decimal number; see `isDecimal`. */
  add(text: string): void {
    this.#add(text, 1n);
  }

  /** @throws RangeError when `text` is not a decimal number; see `isDecimal`. */
  subtract(text: string): void {
    this.#add(text, -1n);
  }

  #add(text: string, factor: bigint): void {
    const decimal = parseDecimal(text);
    if (decimal === undefined) throw new RangeError(`${JSON.stringify(text)} is not a decimal number`);
    const scale = Math.max(this.#scale, decimal.scale);
    this.#units =
      this.#units * 10n ** BigInt(scale - this.#scale) +
      factor * decimal.units * 10n ** BigInt(scale - decimal.scale);
    this.#scale = scale;
  }

  /** The exact sum, such as `-12.50`. */
  toString(): string {
    const sign = this.#units < 0n ? '-' : '';
    const digits = this.#units
      .toString()
      .replace('-', '')
      .padStart(this.#scale + 1, '0');
    const point = digits.length - this.#scale;
    return sign + digits.slice(0, point) + (this.#scale === 0 ? '' : `.${digits.slice(point)}`);
  }

  /** The double nearest to the sum: rounded once, at the end. */
  toNumber(): number {
    return Number(`${this.#units.toString()}e${-this.#scale}`);
  }
}

/** A currency as it is summed and exported: `eur` and `EUR` are one; a sign such as `€` stays as it is. */
export function currencyCode(text: string): string {
  const trimmed = text.trim();
  return /^[a-z]{3}$/i.test(trimmed) ? trimmed.toUpperCase() : trimmed;
}
