import { describe, expect, it } from 'vitest';
import { parseReport } from '../../bench/load.ts';

const report = (changes: object) =>
  `Running 2s test @ http://127.0.0.1\n${JSON.stringify({
    requests: 4000,
    duration: 2_000_000,
    bytes: 8_000_000,
    p50: 640,
    p99: 2100,
    errors: 0,
    ...changes,
  })}\n`;

describe('parseReport', () => {
  it('reads microseconds and counts', () => {
    expect(parseReport(report({}))).toEqual({
      requestsPerSecond: 2000,
      p50Ms: 0.64,
      p99Ms: 2.1,
      bytesPerRequest: 2000,
    });
  });

  it('takes no figures from a subject that failed', () => {
    expect(() => parseReport(report({ errors: 3 }))).toThrow('3 of 4000 requests failed');
    expect(() => parseReport(report({ requests: 0 }))).toThrow('0 requests failed');
    expect(() => parseReport('unable to connect')).toThrow('unable to connect');
  });
});
