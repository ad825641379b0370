import { z } from 'zod';
import { clientAuthTypes, curves, olderSuites, tls13Suites, tlsVersions } from './names.ts';

const keysOf = <Key extends string>(names: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(names).filter((key): key is Key => key in names);

/** Go, whose format this is, takes any scalar for a text, and `yes` or `off` for a boolean. */
const asText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
const booleans: Readonly<Record<string, boolean>> = {
  y: true,
  yes: true,
  on: true,
  n: false,
  no: false,
  off: false,
};
const asBoolean = (value: unknown): unknown =>
  typeof value === 'string' && Object.hasOwn(booleans, value.toLowerCase())
    ? booleans[value.toLowerCase()]
    : value;

const text = z.preprocess(asText, z.string());
const boolean = z.preprocess(asBoolean, z.boolean());
/** An empty text counts as absent. */
const textOrNothing = text.default('');

const version = z.enum(keysOf(tlsVersions));

const tls = z.strictObject({
  cert: textOrNothing,
  key: textOrNothing,
  client_ca: textOrNothing,
  cert_file: textOrNothing,
  key_file: textOrNothing,
  client_auth_type: z
    .enum(['', ...keysOf(clientAuthTypes)])
    .default('')
    .transform((type) => (type === '' ? undefined : type)),
  client_ca_file: textOrNothing,
  client_allowed_sans: z.array(text).optional(),
  min_version: version.default('TLS12'),
  max_version: version.default('TLS13'),
  cipher_suites: z.array(z.enum([...tls13Suites, ...keysOf(olderSuites)])).default([]),
  prefer_server_cipher_suites: boolean.default(true),
  curve_preferences: z.array(z.enum(keysOf(curves))).default([]),
});

const header = text.refine((value) => !/[^\t\x20-\x7e\x80-\xff]/.test(value), {
  error: 'must be one line of plain text: it is sent as a header',
});

const http = z.strictObject({
  http2: boolean.default(true),
  headers: z
    .strictObject({
      'Content-Security-Policy': header.optional(),
      'X-Frame-Options': z.enum(['deny', 'sameorigin']).optional(),
      'X-Content-Type-Options': z.enum(['nosniff']).optional(),
      'X-XSS-Protection': header.optional(),
      'Strict-Transport-Security': header.optional(),
    })
    .default({}),
});

/** Go's durations, such as `1s`, `1m30s`, `0.5s`; a plain number is nanoseconds. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

function milliseconds(value: string | number): number | undefined {
  if (typeof value === 'number') return value < 0 ? undefined : value * 1e-6;
  if (value === '0') return 0;
  if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(value)) return undefined;
  const parts = value.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0), 0);
}

const interval = z.union([z.string(), z.number()]).transform((value, context) => {
  const found = milliseconds(value);
  if (found !== undefined) return found;
  context.addIssue({
    code: 'custom',
    message: 'is no duration; write such as 1s or 100ms, or 0 for no limit',
  });
  return z.NEVER;
});

const bcrypt = text.refine((value) => /^\$2[aby]?\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(value), {
  error: 'is no bcrypt hash; write what `htpasswd -nBC 10 "" | tr -d \':\\n\'` prints for the password',
});

/** A web configuration file, as exporter-toolkit documents it. */
export const webConfigSchema = z.strictObject({
  tls_server_config: tls.prefault({}),
  http_server_config: http.prefault({}),
  basic_auth_users: z.record(z.string(), bcrypt).default({}),
  rate_limit: z
    .strictObject({ interval: interval.default(0), burst: z.int().default(0) })
    .default({ interval: 0, burst: 0 }),
});

export type WebConfigData = z.output<typeof webConfigSchema>;
export type TlsData = WebConfigData['tls_server_config'];
