import { readMetadata } from 'tedious/lib/metadata-parser.js';
import { TYPE } from 'tedious/lib/packet.js';
import { isPLPStream, readValue } from 'tedious/lib/value-parser.js';

/** What a client says of itself when it logs in, MS-TDS 2.2.6.4. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly appName: string;
  readonly database: string;
  /** `ApplicationIntent=ReadOnly`. */
  readonly readOnlyIntent: boolean;
}

/** A parameter of a remote procedure call: `type` is tedious's name of the type on the wire. */
export interface TdsParameter {
  readonly name: string;
  readonly type: string;
  readonly scale: number | undefined;
  readonly value: unknown;
}

/** A batch (`procedure` is undefined) or a remote procedure call, of which `text` is the parameter `@statement`. */
export interface TdsRequest {
  readonly procedure: string | undefined;
  readonly text: string;
  /** What `sp_executesql` was told of its parameters: `@p1 int`. */
  readonly declarations: string;
  readonly parameters: readonly TdsParameter[];
}

export function parseLogin(data: Buffer): Login {
  const field = (at: number): Buffer => {
    const from = data.readUInt16LE(at);
    return data.subarray(from, from + data.readUInt16LE(at + 2) * 2);
  };
  const text = (at: number): string => field(at).toString('utf16le');
  // Each byte of a password is "encrypted" by swapping its halves and an XOR.
  const clear = field(44).map((byte) => (((byte ^ 0xa5) << 4) | ((byte ^ 0xa5) >> 4)) & 0xff);
  return {
    user: text(40),
    password: Buffer.from(clear).toString('utf16le'),
    appName: text(48),
    database: text(68),
    readOnlyIntent: (data.readUInt8(26) & 0x20) !== 0,
  };
}

const procedures: Readonly<Record<number, string>> = { 10: 'sp_executesql' };

export function parseRequest(type: number, data: Buffer): TdsRequest {
  const headers = data.readUInt32LE(0);
  if (type !== TYPE['RPC_REQUEST'])
    return {
      procedure: undefined,
      text: data.toString('utf16le', headers),
      declarations: '',
      parameters: [],
    };
  const length = data.readUInt16LE(headers);
  const named = length !== 0xffff;
  const number = named ? 0 : data.readUInt16LE(headers + 2);
  const procedure = named
    ? data.toString('utf16le', headers + 2, headers + 2 + length * 2)
    : procedures[number];
  let at = headers + (named ? 2 + length * 2 : 4) + 2;
  const parameters: TdsParameter[] = [];
  while (at < data.length) {
    const { parameter, end } = parseParameter(data, at);
    parameters.push(parameter);
    at = end;
  }
  const of = (name: string): string => {
    const value = parameters.find((parameter) => parameter.name === name)?.value;
    return typeof value === 'string' ? value : '';
  };
  return {
    procedure: procedure ?? String(number),
    text: of('@statement'),
    declarations: of('@params'),
    parameters: parameters.filter(
      ({ name }, index) => index > 1 || (name !== '@statement' && name !== '@params'),
    ),
  };
}

function parseParameter(data: Buffer, from: number): { parameter: TdsParameter; end: number } {
  const nameEnd = from + 1 + data.readUInt8(from) * 2;
  const name = data.toString('utf16le', from + 1, nameEnd);
  const options = {
    useUTC: true,
    lowerCaseGuids: true,
    tdsVersion: '7_4',
    useColumnNames: false,
    columnNameReplacer: undefined,
    camelCaseColumns: false,
  };
  // tedious reads TYPE_INFO as that of a column, which has a user type and flags (6 bytes) before it.
  const typed = Buffer.concat([Buffer.alloc(6), data.subarray(nameEnd + 1)]);
  const { value: metadata, offset } = readMetadata(typed, 0, options);
  const { type, scale } = metadata;
  const begin = nameEnd + 1 - 6 + offset;
  if (isPLPStream(metadata) === true) {
    const { value, end } = parseChunks(data, begin);
    return { parameter: { name, type: type.name, scale, value }, end };
  }
  const { value, offset: end } = readValue(data, begin, metadata, options);
  return { parameter: { name, type: type.name, scale, value }, end };
}

/** Text of unknown length: eight bytes (all ones: NULL), then chunks until an empty one. */
function parseChunks(data: Buffer, from: number): { value: string | null; end: number } {
  if (data.readBigUInt64LE(from) === 2n ** 64n - 1n) return { value: null, end: from + 8 };
  let value = '';
  let at = from + 8;
  for (let length = data.readUInt32LE(at); length > 0; length = data.readUInt32LE(at)) {
    value += data.toString('utf16le', at + 4, at + 4 + length);
    at += 4 + length;
  }
  return { value, end: at + 4 };
}
