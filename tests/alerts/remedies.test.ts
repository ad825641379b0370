import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeReal, requireProgram } from '../helpers/real.ts';

const labels = 'company="acme",flow="orders",monitor="web_orders",instance="a",job="erp"';
const record = 'record="W-1"';
/** A failed record at a critical monitor, from minute 5 on. */
const failing = [
  [`erp_monitor_info{criticality="critical",responder="it",${labels}}`, '1+0x60'],
  [`erp_maintenance_active{${labels}}`, '0+0x60'],
  [`erp_failed_records{${labels}}`, '0+0x4 1+0x55'],
  [`erp_failed_record_samples_omitted{${labels}}`, '0+0x60'],
  [
    `erp_failed_record_timestamp_seconds{${record},error="rate-limit",known="true",responder="it",retry="",call="POST /orders",${labels}}`,
    '_x5 300+0x55',
  ],
] as const;
const remedy = `company="acme",monitor="web_orders",${record},instance="a",job="erp"`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'remedy-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What promtool says of the alert about the record at some minutes. */
function judge(
  series: readonly (readonly [string, string])[],
  expected: readonly { readonly at: number; readonly details?: string }[],
): string {
  const alerts = expected.map(({ at, details }) => ({ at, alerts: details === undefined ? [] : [alertOf(details)] }));
  return judgeAlert('ErpRecordFailed', series, alerts);
}

/** What promtool says of an alert at some minutes. */
function judgeAlert(
  alertname: string,
  series: readonly (readonly [string, string])[],
  expected: readonly { readonly at: number; readonly alerts: readonly object[] }[],
): string {
  const file = join(folder, 'remedies.test.yml');
  const tests = {
    rule_files: [resolve('alerts/erp.rules.yml')],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [...failing, ...series].map(([name, values]) => ({ series: name, values })),
        alert_rule_test: expected.map(({ at, alerts }) => ({
          eval_time: `${at}m`,
          alertname,
          exp_alerts: alerts,
        })),
      },
    ],
  };
  writeFileSync(file, JSON.stringify(tests));
  try {
    execFileSync(requireProgram('promtool'), ['test', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}

const alertOf = (details: string) => ({
  exp_labels: {
    company: 'acme',
    flow: 'orders',
    monitor: 'web_orders',
    record: 'W-1',
    error: 'rate-limit',
    known: 'true',
    responder: 'it',
    severity: 'critical',
  },
  exp_annotations: {
    summary: 'A record failed.',
    description: 'acme: record W-1 of flow orders failed (monitor web_orders).',
    record_count: '',
    details,
    runbook_url: '/docs/runbook#erprecordfailed',
  },
});

describeReal('remedies and the alert about a record', ['promtool'], () => {
it('without remedies nothing changes', () => {
  expect(judge([], [{ at: 4 }, { at: 6, details: 'call: POST /orders\n' }])).toBe('');
});

it('waits while a remedy will still try the record, then says what was tried; two replicas change nothing', () => {
  const awaiting = (instance: string, values: string) =>
    [`erp_remedy_awaiting{${remedy.replace('"a"', `"${instance}"`)}}`, values] as const;
  const tried = (instance: string) =>
    [
      `erp_remedy_last_attempt_timestamp_seconds{${remedy.replace('"a"', `"${instance}"`)},tries="3",last="2026-11-21 14:05",answer="409"}`,
      '_x10 1+0x50',
    ] as const;
  const details = 'call: POST /orders\ntries: 3\ntried: 2026-11-21 14:05\nanswer: 409\n';
  expect(
    judge(
      [awaiting('a', '_x5 1+0x24 stale'), awaiting('b', '_x5 1+0x24 stale'), tried('a'), tried('b')],
      [{ at: 6 }, { at: 29 }, { at: 31, details }],
    ),
  ).toBe('');
});

it('in vain, it is an alert of its own, also of a known error', () => {
  const series = `erp_remedy_exhausted_records{remedy="relaunch",${labels}}`;
  const expected = {
    exp_labels: {
      company: 'acme',
      flow: 'orders',
      monitor: 'web_orders',
      remedy: 'relaunch',
      responder: 'it',
      severity: 'warning',
    },
    exp_annotations: {
      summary: 'A remedy has tried records in vain.',
      description:
        'acme: remedy relaunch has tried 1 record of flow orders as often as it may, in vain (monitor web_orders).',
      record_count: '1',
      runbook_url: '/docs/runbook#erpremedyexhausted',
    },
  };
  const values = [[series, '_x10 1+0x10 stale'], [series.replace('"a"', '"b"'), '_x10 1+0x10 stale']] as const;
  const info = failing[0][0].replace('"a"', '"b"');
  const all = [...values, [info, '1+0x60']] as const;
  expect(
    judgeAlert('ErpRemedyExhausted', all, [
      { at: 11, alerts: [] },
      { at: 13, alerts: [expected] },
      { at: 24, alerts: [expected] },
      { at: 40, alerts: [] },
    ]),
  ).toBe('');
});

it('holds another record not', () => {
  const other = `erp_remedy_awaiting{${remedy.replace('W-1', 'W-2')}}`;
  expect(judge([[other, '1+0x60']], [{ at: 6, details: 'call: POST /orders\n' }])).toBe('');
});
});
