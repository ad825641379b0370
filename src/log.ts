import { cutSecrets } from './secrets.ts';

/** Levels in order of weight, as Prometheus programs name them. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['logfmt', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One method per level. `event` is short and constant, such as `state file write failed`, so that it can be searched and
 * counted; what varies stands in `fields`, in their order, undefined ones left out, without what looks like a secret.
 */
export type Logger = Readonly<Record<LogLevel, (event: string, fields?: LogFields) => void>>;

/** Quotes what would not survive as one bare logfmt value (https://brandur.org/logfmt). */
function logfmtValue(value: string | number | boolean): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}

/**
 * A logger that writes one line per event: `ts`, `level`, `msg`, then the fields.
 *
 * @param write receives each line with its newline; `now` returns milliseconds since the epoch.
 */
export function createLogger(options: {
  level: LogLevel;
  format: LogFormat;
  write: (line: string) => void;
  now: () => number;
}): Logger {
  const lowest = logLevels.indexOf(options.level);
  const method =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) < lowest) return;
      const entry: Record<string, string | number | boolean> = {
        ts: new Date(options.now()).toISOString(),
        level,
        msg: event,
      };
      for (const [key, value] of Object.entries(fields))
        if (value !== undefined) entry[key] = typeof value === 'string' ? cutSecrets(value) : value;
      const line =
        options.format === 'json'
          ? JSON.stringify(entry)
          : Object.entries(entry)
              .map(([key, value]) => `${key}=${logfmtValue(value)}`)
              .join(' ');
      options.write(`${line}\n`);
    };
  return { debug: method('debug'), info: method('info'), warn: method('warn'), error: method('error') };
}
