const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** Largest power of ten that is carried exactly, either way: what a double can hold, and no bait for a giant number. */
const mostExponent = 400;

/** Longest text that is read as a number. */
const mostDigits = 1000;

/** A decimal number, exact: `units` times ten to the power of minus `scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads `-12.50`, `.5`, `1e-7`; undefined when `text` is no such number. */
function parseDecimal(text: string): Decimal | undefined {
  const match = text.length <= mostDigits ? grammar.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '' || Math.abs(Number(exponent)) > mostExponent) return undefined;
  const units = BigInt(sign === '-' ? `-${digits}` : digits);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** Whether `text` is a decimal number that `ExactSum` takes. */
export function isDecimal(text: string): boolean {
  return parseDecimal(text) !== undefined;
}

/** A sum of decimal numbers without any rounding, so that what was added can be taken away again. */
export class ExactSum {
  #units = 0n;
  #scale = 0;

  /** @throws RangeError when `text` is no decimal number; see `isDecimal`. */
  add(text: string): void {
    this.#add(text, 1n);
  }

  /** @throws RangeError when `text` is no decimal number; see `isDecimal`. */
  subtract(text: string): void {
    this.#add(text, -1n);
  }

  #add(text: string, factor: bigint): void {
    const decimal = parseDecimal(text);
    if (decimal === undefined) throw new RangeError(`${JSON.stringify(text)} is no decimal number`);
    const scale = Math.max(this.#scale, decimal.scale);
    this.#units =
      this.#units * 10n ** BigInt(scale - this.#scale) +
      factor * decimal.units * 10n ** BigInt(scale - decimal.scale);
    this.#scale = scale;
  }

  /** The sum itself, such as `-12.50`. */
  toString(): string {
    const sign = this.#units < 0n ? '-' : '';
    const digits = this.#units
      .toString()
      .replace('-', '')
      .padStart(this.#scale + 1, '0');
    const point = digits.length - this.#scale;
    return sign + digits.slice(0, point) + (this.#scale === 0 ? '' : `.${digits.slice(point)}`);
  }

  /** The double that is nearest to the sum: rounded once, at the end. */
  toNumber(): number {
    return Number(`${this.#units.toString()}e${-this.#scale}`);
  }
}
