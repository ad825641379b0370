/**
 * What a SQL Server says, as bytes: the tokens of MS-TDS 2.2.7 and the values of 2.2.5.5, written from the specification
 * and not by way of tedious, so that a test sees what its decoder makes of them.
 */
export interface ColumnSpec {
  readonly name: string;
  /** TYPE_INFO. */
  readonly type: Buffer;
  /** The value with its length, as the type wants it. */
  encode(value: unknown): Buffer;
}

/** A value of type `sql_variant`, MS-TDS 2.2.5.5.4. */
export interface VariantValue {
  readonly type: number;
  readonly properties: readonly number[];
  readonly content: Buffer;
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);

/** `length` bytes, little-endian, two's complement. */
function little(value: bigint | number, length: number): Buffer {
  const buffer = Buffer.alloc(8);
  if (typeof value === 'number' && length <= 4) buffer.writeInt32LE(value | 0);
  else buffer.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  return buffer.subarray(0, length);
}

/** Characters, not bytes, are counted: a B_VARCHAR with one byte, a US_VARCHAR with two. */
function counted(text: string, size: 1 | 2): Buffer {
  return Buffer.concat([little(text.length, size), Buffer.from(text, 'utf16le')]);
}

// lcid 0x0409, sort order 52: SQL_Latin1_General_CP1_CI_AS
const collation = bytes(0x09, 0x04, 0xd0, 0x00, 0x34);

/** A column whose values have a length byte, 0 for NULL. */
function short(type: Buffer, write: (value: unknown) => Buffer) {
  return (name: string): ColumnSpec => ({
    name,
    type,
    encode(value) {
      if (value === null) return bytes(0);
      const content = write(value);
      return Buffer.concat([bytes(content.length), content]);
    },
  });
}

const dayMs = 86_400_000;
/** Days since 0001-01-01, and the rest of the day in units of 10^-scale s, of a wall clock such as `2026-07-01T12:00:00.123`. */
function split(clock: string, scale: number): { days: number; ticks: bigint } {
  const at = Date.parse(`${clock}Z`);
  const days = Math.floor(at / dayMs);
  return {
    days: days + 719_162,
    ticks: (BigInt(at - days * dayMs) * 10n ** 7n) / 1000n / 10n ** BigInt(7 - scale),
  };
}
const timeSize = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);
/** Days since 1900-01-01, and the rest of the day in ms. */
function since1900(clock: string): { days: number; ms: number } {
  const at = Date.parse(`${clock}Z`) - Date.UTC(1900, 0, 1);
  return { days: Math.floor(at / dayMs), ms: at - Math.floor(at / dayMs) * dayMs };
}

/** Column types; the values they take are numbers, bigints, booleans, Uint8Arrays, and text for the rest. */
export const types = {
  int: short(bytes(0x26, 4), (value) => little(Number(value), 4)),
  bigint: short(bytes(0x26, 8), (value) => little(value as bigint, 8)),
  bit: short(bytes(0x68, 1), (value) => bytes(value === true ? 1 : 0)),
  float: short(bytes(0x6d, 8), (value) => {
    const buffer = Buffer.alloc(8);
    buffer.writeDoubleLE(Number(value));
    return buffer;
  }),
  /** Takes the unscaled value. */
  decimal: (precision: number, scale: number) => {
    const size = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
    return short(bytes(0x6a, size + 1, precision, scale), (value) => {
      const unscaled = value as bigint;
      const magnitude = unscaled < 0n ? -unscaled : unscaled;
      return Buffer.concat([
        bytes(unscaled < 0n ? 0 : 1),
        little(magnitude, 8),
        little(magnitude >> 64n, 8),
      ]).subarray(0, size + 1);
    });
  },
  /** Takes ten-thousandths. */
  money: short(bytes(0x6e, 8), (value) => {
    const unscaled = value as bigint;
    return Buffer.concat([little(unscaled >> 32n, 4), little(unscaled, 4)]);
  }),
  smallmoney: short(bytes(0x6e, 4), (value) => little(value as bigint, 4)),
  date: short(bytes(0x28), (value) => little(split(String(value), 0).days, 3)),
  time: (scale: number) =>
    short(bytes(0x29, scale), (value) =>
      little(split(`1970-01-01T${String(value)}`, scale).ticks, timeSize(scale)),
    ),
  datetime: short(bytes(0x6f, 8), (value) => {
    const { days, ms } = since1900(String(value));
    return Buffer.concat([little(days, 4), little(Math.round((ms * 3) / 10), 4)]);
  }),
  smalldatetime: short(bytes(0x6f, 4), (value) => {
    const { days, ms } = since1900(String(value));
    return Buffer.concat([little(days, 2), little(Math.floor(ms / 60_000), 2)]);
  }),
  datetime2: (scale: number) =>
    short(bytes(0x2a, scale), (value) => {
      const { days, ticks } = split(String(value), scale);
      return Buffer.concat([little(ticks, timeSize(scale)), little(days, 3)]);
    }),
  /** Takes the instant in UTC; the offset is the second part: `2026-07-01T10:00:00 +120` is noon in Brussels. */
  datetimeoffset: (scale: number) =>
    short(bytes(0x2b, scale), (value) => {
      const [clock = '', offset = '0'] = String(value).split(' ');
      const { days, ticks } = split(clock, scale);
      return Buffer.concat([little(ticks, timeSize(scale)), little(days, 3), little(Number(offset), 2)]);
    }),
  uniqueidentifier: short(bytes(0x24, 16), (value) => {
    const [a = '', b = '', c = '', ...rest] = String(value).split('-');
    const reversed = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse());
    return Buffer.concat([...reversed, Buffer.from(rest.join(''), 'hex')]);
  }),
  nvarchar: (name: string): ColumnSpec => ({
    name,
    type: Buffer.concat([bytes(0xe7), little(8000, 2), collation]),
    encode(value) {
      if (value === null) return bytes(0xff, 0xff);
      const content = Buffer.from(value as string, 'utf16le');
      return Buffer.concat([little(content.length, 2), content]);
    },
  }),
  /** In chunks, as a value of unknown length goes. */
  nvarcharMax: (name: string): ColumnSpec => ({
    name,
    type: Buffer.concat([bytes(0xe7, 0xff, 0xff), collation]),
    encode(value) {
      if (value === null) return Buffer.alloc(8, 0xff);
      const content = Buffer.from(value as string, 'utf16le');
      const parts = [little(-2, 8)];
      for (let at = 0; at < content.length; at += 60_000) {
        const part = content.subarray(at, at + 60_000);
        parts.push(little(part.length, 4), part);
      }
      return Buffer.concat([...parts, little(0, 4)]);
    },
  }),
  /** Takes the number of the type within, what describes it, and the value as that type lays it out. */
  variant: (name: string): ColumnSpec => ({
    name,
    type: Buffer.concat([bytes(0x62), little(8009, 4)]),
    encode(value) {
      if (value === null) return little(0, 4);
      const { type, properties, content } = value as VariantValue;
      const inner = Buffer.concat([bytes(type, properties.length, ...properties), content]);
      return Buffer.concat([little(inner.length, 4), inner]);
    },
  }),
  varbinary: (name: string): ColumnSpec => ({
    name,
    type: Buffer.concat([bytes(0xa5), little(8000, 2)]),
    encode(value) {
      if (value === null) return bytes(0xff, 0xff);
      const content = Buffer.from(value as Uint8Array);
      return Buffer.concat([little(content.length, 2), content]);
    },
  }),
};

const environment = (type: number, now: Buffer, before: Buffer): Buffer => {
  const content = Buffer.concat([bytes(type, now.length), now, bytes(before.length), before]);
  return Buffer.concat([bytes(0xe3), little(content.length, 2), content]);
};

// The transaction's descriptor, any eight bytes.
const transaction = bytes(1, 0, 0, 0, 7, 0, 0, 0);

/** How a DONE token ends what came before it. */
export interface DoneStatus {
  readonly more?: boolean;
  readonly error?: boolean;
  readonly attention?: boolean;
  readonly rows?: number;
}

function done(token: number, { more = false, error = false, attention = false, rows }: DoneStatus): Buffer {
  const status = (more ? 1 : 0) | (error ? 2 : 0) | (rows === undefined ? 0 : 0x10) | (attention ? 0x20 : 0);
  return Buffer.concat([bytes(token), little(status, 2), little(0xc1, 2), little(rows ?? 0, 8)]);
}

/** Tokens of a response. */
export const tokens = {
  loginAck: (): Buffer => {
    const content = Buffer.concat([
      bytes(1, 0x74, 0, 0, 4),
      counted('Microsoft SQL Server', 1),
      bytes(16, 0, 0x10, 0),
    ]);
    return Buffer.concat([bytes(0xad), little(content.length, 2), content]);
  },
  collation: (): Buffer => environment(7, collation, Buffer.alloc(0)),
  /** A message of the negotiation of a login of Windows. */
  sspi: (content: Buffer): Buffer => Buffer.concat([bytes(0xed), little(content.length, 2), content]),
  began: (): Buffer => environment(8, transaction, Buffer.alloc(0)),
  rolledBack: (): Buffer => environment(10, Buffer.alloc(0), transaction),
  error: (number: number, message: string, severity = 16): Buffer => {
    const content = Buffer.concat([
      little(number, 4),
      bytes(1, severity),
      counted(message, 2),
      counted('RESPONDER', 1),
      counted('', 1),
      little(1, 4),
    ]);
    return Buffer.concat([bytes(0xaa), little(content.length, 2), content]);
  },
  columns: (specs: readonly ColumnSpec[]): Buffer =>
    Buffer.concat([
      bytes(0x81),
      little(specs.length, 2),
      ...specs.map(({ name, type }) => Buffer.concat([little(0, 4), bytes(1, 0), type, counted(name, 1)])),
    ]),
  row: (specs: readonly ColumnSpec[], values: readonly unknown[]): Buffer =>
    Buffer.concat([bytes(0xd1), ...specs.map((spec, index) => spec.encode(values[index]))]),
  /** A row that leaves its NULLs out and marks them in a bitmap. */
  sparseRow: (specs: readonly ColumnSpec[], values: readonly unknown[]): Buffer => {
    const bitmap = Buffer.alloc(Math.ceil(specs.length / 8));
    const content = specs.flatMap((spec, index) => {
      if (values[index] !== null) return [spec.encode(values[index])];
      bitmap.writeUInt8((bitmap[index >> 3] ?? 0) | (1 << (index & 7)), index >> 3);
      return [];
    });
    return Buffer.concat([bytes(0xd2), bitmap, ...content]);
  },
  doneInProc: (status: DoneStatus): Buffer => done(0xff, status),
  doneProc: (status: DoneStatus = {}): Buffer => done(0xfe, status),
  done: (status: DoneStatus = {}): Buffer => done(0xfd, status),
  /** A byte that begins no token. */
  garbage: (): Buffer => bytes(0x13, 0x37),
};

/** A whole result: its columns, rows and the end of the statement. */
export function table(specs: readonly ColumnSpec[], rows: readonly (readonly unknown[])[]): Buffer {
  return Buffer.concat([
    tokens.columns(specs),
    ...rows.map((row) => tokens.row(specs, row)),
    tokens.doneInProc({ rows: rows.length, more: true }),
  ]);
}
