import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/log.ts';
import type { LogFormat, LogLevel } from '../src/log.ts';

function logged(format: LogFormat, level: LogLevel = 'info') {
  const lines: string[] = [];
  const now = () => Date.parse('2026-11-21T10:00:00.5Z');
  return { lines, log: createLogger({ level, format, write: (line) => lines.push(line), now }) };
}

describe('createLogger', () => {
  it('writes logfmt, quoting what needs it', () => {
    const { lines, log } = logged('logfmt');
    log.warn('database is down', {
      database: 'shop',
      problem: 'refused: "x"\nsecond line',
      tries: 3,
      none: undefined,
    });
    expect(lines).toEqual([
      'ts=2026-11-21T10:00:00.500Z level=warn msg="database is down" database=shop problem="refused: \\"x\\"\\nsecond line" tries=3\n',
    ]);
  });

  it('writes JSON, one object a line', () => {
    const { lines, log } = logged('json');
    log.info('up', { tries: 3, ok: true });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ts: '2026-11-21T10:00:00.500Z', level: 'info', msg: 'up', tries: 3, ok: true },
    ]);
  });

  it('leaves out what is below its level', () => {
    const { lines, log } = logged('logfmt', 'warn');
    log.debug('a');
    log.info('b');
    log.error('c');
    expect(lines).toHaveLength(1);
  });
});
