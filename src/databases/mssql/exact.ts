import valueParser from 'tedious/lib/value-parser.js';

type ReadValue = typeof valueParser.readValue;

/**
 * Makes tedious return `decimal`, `numeric`, `money` and `smallmoney` as exact text with the column's scale.
 *
 * Its decoder divides by a power of ten in float64, so that digits beyond the fifteenth are lost before anyone can see
 * them, and it has no option for it (tediousjs/tedious#732). So the decoder is wrapped: it still reads the value and finds
 * its end, and the bytes it read are decoded anew. All connections of the process are affected; calling again does nothing.
 */
export function readDecimalsExactly(): void {
  const { readValue } = valueParser;
  if (readValue.name === 'readExactly') return;
  const readExactly: ReadValue = (buffer, offset, metadata, options) => {
    const result = readValue(buffer, offset, metadata, options);
    if (typeof result.value !== 'number') return result;
    const bytes = buffer.subarray(offset, result.offset);
    result.value = exactly(metadata.type.name, metadata.scale, bytes) ?? result.value;
    return result;
  };
  Object.assign(valueParser, { readValue: readExactly });
}

/** @param bytes the value as MS-TDS 2.2.5.5.1 lays it out, its length byte (types that end in N) included. */
function exactly(type: string, scale: number | undefined, bytes: Buffer): string | undefined {
  switch (type) {
    case 'DecimalN':
    case 'NumericN':
      return numeric(bytes, scale ?? 0);
    case 'MoneyN':
      return money(bytes.subarray(1));
    case 'Money':
    case 'SmallMoney':
      return money(bytes);
    case 'Variant':
      return variant(bytes);
    default:
      return undefined;
  }
}

/** The numbers that MS-TDS 2.2.5.4 gives to types within a `sql_variant`. */
const moneyType = 0x3c;
const decimalType = 0x6a;
const numericType = 0x6c;
const smallMoneyType = 0x7a;

/** Length of the whole (4 bytes), the type's number, how many bytes describe it, and those: for a decimal precision and scale. */
function variant(bytes: Buffer): string | undefined {
  const type = bytes[4];
  const content = bytes.subarray(6 + (bytes[5] ?? 0));
  if (type === moneyType || type === smallMoneyType) return money(content);
  // The sign is the first byte of the value, where a column's has its length before it.
  if (type === decimalType || type === numericType)
    return numeric(Buffer.concat([Buffer.of(content.length), content]), bytes[7] ?? 0);
  return undefined;
}

/** Length, sign (1 is positive), then the magnitude, little-endian in groups of 32 bits. */
function numeric(bytes: Buffer, scale: number): string {
  let magnitude = 0n;
  for (let at = bytes.length - 4; at >= 2; at -= 4)
    magnitude = (magnitude << 32n) | BigInt(bytes.readUInt32LE(at));
  return withPoint(bytes[1] === 1 ? magnitude : -magnitude, scale);
}

/** Ten-thousandths; of eight bytes the high half comes first. */
function money(bytes: Buffer): string {
  const low = bytes.readInt32LE(0);
  return withPoint(
    bytes.length === 4 ? BigInt(low) : (BigInt(low) << 32n) | BigInt(bytes.readUInt32LE(4)),
    4,
  );
}

function withPoint(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}
