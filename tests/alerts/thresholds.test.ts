import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import * as ofTheExporter from '../../src/exporter-families.ts';
import type { Family } from '../../src/monitors/contract.ts';
import { kinds } from '../../src/monitors/kinds.ts';
import { mostSingleFailures } from '../../src/monitors/records/company-status.ts';
import { alertsFolder } from './support/promtool.ts';

const suffix = '_threshold';
const isFamily = (value: unknown): value is Family =>
  typeof value === 'object' && value !== null && 'help' in value && 'labels' in value;
const familiesIn = (value: unknown): Family[] => {
  if (isFamily(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(familiesIn) : [];
};
const families = [
  // Kinds share some of them.
  ...new Set(kinds.flatMap(({ families: own }) => own)),
  ...familiesIn({ ...ofTheExporter }),
];

/** Counts what is over each threshold, or names the worst: it bears their severity, and is none itself. */
const byThreshold = [
  'erp_late_record_timestamp_seconds',
  'erp_late_records',
  'erp_query_series_over_threshold',
  'erp_query_worst_series_value',
];
const thresholds = families.filter(({ name }) => name.endsWith(suffix) && !byThreshold.includes(name));
const metricOf = ({ name }: Family) =>
  families.find((family) => family.name === name.slice(0, -suffix.length));

/** How often the configuration wants something done; nothing is too much of it. */
const intervals = ['erp_reconciliation_full_audit_interval_seconds'];

const groupsSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const rules = groupsSchema
  .parse(parse(readFileSync(join(alertsFolder, 'erp.rules.yml'), 'utf8')))
  .groups.flatMap((group) => group.rules);

describe('a threshold', () => {
  it('is each of those that the kinds have', () => {
    expect(thresholds.map(({ name }) => name).sort()).toEqual([
      'erp_failed_records_threshold',
      'erp_open_records_amount_threshold',
      'erp_reconciliation_mismatched_records_threshold',
      'erp_since_job_due_seconds_threshold',
      'erp_since_job_start_seconds_threshold',
      'erp_since_last_finished_record_seconds_threshold',
      'erp_since_last_job_success_seconds_threshold',
      'erp_since_last_sync_seconds_threshold',
      'erp_since_oldest_waiting_record_seconds_threshold',
      'erp_sync_rejects_today_threshold',
    ]);
  });

  it.each(thresholds)('is named after the metric that it limits, by severity: $name', (threshold) => {
    const metric = metricOf(threshold);
    expect(metric?.unit).toBe(threshold.unit);
    expect(threshold.labels).toContain('severity');
    const others = threshold.labels.filter((label) => label !== 'severity');
    expect(metric?.labels).toEqual(expect.arrayContaining(others));
  });

  it('has no other shape', () => {
    const others = families.filter((family) => !thresholds.includes(family));
    const bySeverity = others.filter(({ labels }) => labels.includes('severity')).map(({ name }) => name);
    expect(bySeverity.sort()).toEqual(byThreshold);
    const apart = others.filter(({ name }) => !byThreshold.includes(name));
    const limiting = apart.filter(
      ({ name, help }) =>
        /_(?:after|alert|limit|max|min|most|threshold)(?:_|$)/.test(name) || /as configured/.test(help),
    );
    expect(limiting.map(({ name }) => name)).toEqual(intervals);
  });

  it.each(thresholds)('is compared with its metric by a rule of each severity: $name', (threshold) => {
    const { name = '' } = metricOf(threshold) ?? {};
    for (const severity of ['warning', 'critical']) {
      // The metric, at most the age of the reading taken from it, then `>` and the threshold.
      const comparison = new RegExp(
        `\\b${name}(?:\\{[^}]*\\})?(?: - (?:ignoring \\(\\w+\\) group_left \\(\\) )?\\(time\\(\\) - erp_monitor_last_success_timestamp_seconds\\))?(?: \\))*` +
          ` > (?:ignoring \\([\\w, ]+\\) )?(?:group_left \\(\\) )?${threshold.name}\\{severity="${severity}"(?:,job_name="")?\\}`,
      );
      const comparing = rules.filter(({ expr }) => comparison.test(expr.replaceAll(/\s+/g, ' ')));
      expect(comparing.length, severity).toBeGreaterThan(0);
    }
  });
});

describe('where no threshold is set', () => {
  it('a mass failure is as many records for the rules as for the state of the monitor', () => {
    const limits = rules
      .filter(({ alert }) => alert === 'ErpMassFailure')
      .flatMap(({ expr }) => [...expr.matchAll(/erp_failed_records > (\d+)/g)].map(([, limit]) => Number(limit)));
    expect(limits).toEqual([mostSingleFailures, mostSingleFailures]);
  });
});
