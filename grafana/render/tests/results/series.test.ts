import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileTexts, withHostile } from '../../src/results/hostile.ts';
import type { Sample } from '../../src/results/series.ts';
import {
  forCompanies,
  moments,
  openMetrics,
  overlaid,
  parseExposition,
  valueAt,
} from '../../src/results/series.ts';

const run: Sample = {
  name: 'erp_monitor_last_run_timestamp_seconds',
  labels: { company: 'acme', flow: 'orders', monitor: 'web_orders' },
  value: 1_000_000,
};
const failed = (company: string, record: string): Sample => ({
  name: 'erp_failed_record_timestamp_seconds',
  labels: { company, monitor: 'web_orders', record },
  value: 999_000,
});

describe('metrics as text', () => {
  it('are read back as they were written, whatever a label says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (record) => {
        const lines = [...openMetrics([run, failed('acme', record)], ['a'], [0])].join('');
        const [, read] = parseExposition(lines.replaceAll(/ \d+$/gm, '')).samples;
        expect(read?.labels).toEqual({
          ...failed('acme', record).labels,
          instance: 'a',
          job: 'erp-exporter',
        });
      }),
    );
  });

  it('give way to a later text, family by family', () => {
    const gauge = (name: string, value: number): string => `# TYPE ${name} gauge\n${name}{a="1"} ${value}\n`;
    const all = overlaid([gauge('erp_a', 1) + gauge('erp_b', 1), gauge('erp_b', 2)]);
    expect(all.map(({ name, value }) => [name, value])).toEqual([
      ['erp_a', 1],
      ['erp_b', 2],
    ]);
  });
});

describe('a day of series', () => {
  it('is there for as many companies as are asked for, each once', () => {
    const samples = [run, failed('acme', '1'), failed('globex', '2')];
    const companies = forCompanies(samples, 5)
      .filter(({ name }) => name === 'erp_failed_record_timestamp_seconds')
      .map(({ labels }) => labels['company']);
    expect(companies.toSorted()).toEqual(['acme', 'company-03', 'company-04', 'company-05', 'globex']);
  });

  it('ends with what was recorded', () => {
    const values = fc.record({
      name: fc.constantFrom(
        'erp_failed_records',
        'erp_waiting_records_amount',
        'erp_job_last_run_timestamp_seconds',
      ),
      labels: fc.constant({ company: 'acme' }),
      value: fc.nat(),
    });
    fc.assert(
      fc.property(values, (sample) => {
        expect(valueAt(sample, 0)).toBe(sample.value);
      }),
    );
    expect(moments(1, 900)).toEqual([3600, 2700, 1800, 900, 0]);
  });
});

describe('hostile samples', () => {
  it('stand beside the others, a record for each text', () => {
    const samples = withHostile([run, failed('acme', 'W-1')]);
    const records = samples.flatMap(({ labels }) => labels['record'] ?? []);
    expect(new Set(records)).toEqual(new Set(['W-1', ...hostileTexts]));
    expect(samples.some(({ labels }) => labels['monitor'] === '12E4')).toBe(true);
    expect(samples.some(({ labels }) => labels['environment'] === '12E4')).toBe(true);
  });
});
