import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal, findProgram } from '../helpers/real.ts';
import { alertsFolder, promtool } from './support/promtool.ts';
import { areRulesTested } from './support/recorded.ts';
import { alertTestFiles, alertTests, allCases } from './support/test-files.ts';

const ruleSchema = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});
const fileOf = <Rule extends z.ZodType>(rule: Rule) =>
  z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });

const read = (name: string) => readFileSync(join(alertsFolder, name), 'utf8');
const { groups } = fileOf(ruleSchema).parse(parse(read('erp.rules.yml')));
const rules = groups.flatMap((group) => group.rules);

/** As GitHub makes them of headings; those of a lower level belong to other rules. */
const anchors = [...read('runbook.md').matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
  heading.toLowerCase().replaceAll(' ', '-'),
);
const nameOf = ({ alert, labels }: (typeof rules)[number]) => `${alert} (${labels['severity'] ?? ''})`;

describe('alerting rules', () => {
  it('are those of the contract', () => {
    expect([...new Set(rules.map(({ alert }) => alert))].sort()).toEqual(
      [
        ['ErpRecordFailed', 'ErpMassFailure', 'ErpNewKindOfError', 'ErpRecordsLate', 'ErpFlowSilent'],
        ['ErpAmountAtRisk', 'ErpMailsNotGenerated', 'ErpSyncStale', 'ErpSyncNeverRan', 'ErpSyncRejects'],
        ['ErpQueryThreshold', 'ErpRemedyExhausted'],
        ['ErpRecordsMissing', 'ErpRecordsDifferent', 'ErpRecordsDuplicate', 'ErpReconciliationStale'],
        ['ErpSamplesOmitted'],
        ['ErpJobFailed', 'ErpJobOverdue', 'ErpJobStuck', 'ErpJobDisabled', 'ErpJobMissing'],
        ['ErpJobLate', 'ErpJobNeverRan', 'ErpJobUnknown', 'ErpNoJobs'],
        ['ErpMonitorFailing', 'ErpMonitorStale', 'ErpMonitorTruncated', 'ErpMonitorBlind'],
        ['ErpRunsSkipped', 'ErpRedundancyLost', 'ErpOutboxStuck', 'ErpOutboxNotWritten'],
        ['ErpDatabaseDown', 'ErpDatabaseClockSkew', 'ErpConfigReloadFailed', 'ErpStateFileNotWritten', 'ErpExporterDown', 'ErpWatchdog'],
      ]
        .flat()
        .sort(),
    );
    expect(new Set(rules.map(nameOf)).size).toBe(rules.length);
  });

  it('keep the conventions for names, severities and groups', () => {
    for (const { alert, labels } of rules) {
      expect(alert).toMatch(/^Erp([A-Z][a-z]+)+$/);
      expect(alert.length).toBeLessThanOrEqual(40);
      expect(labels['severity'], alert).toMatch(/^(critical|warning|info)$/);
      expect(Object.values(labels).join(' '), alert).not.toContain('{{');
    }
    for (const group of groups) expect(group.rules.length, group.name).toBeLessThanOrEqual(20);
  });

  it('have a static summary, a description and a section of the runbook', () => {
    const base = '/docs/runbook#';
    for (const { alert, annotations } of rules) {
      expect(annotations['summary'], alert).toMatch(/^[A-Z][^{}]*\.$/);
      expect(annotations['description'], alert).toBeTruthy();
      expect(annotations['runbook_url'], alert).toBe(`${base}${alert.toLowerCase()}`);
      expect(anchors, alert).toContain(alert.toLowerCase());
    }
    const sections = anchors.filter((anchor) => anchor.startsWith('erp'));
    expect(sections.sort()).toEqual([...new Set(rules.map(({ alert }) => alert.toLowerCase()))].sort());
  });

  it('have no annotation but those that the head of the file explains', () => {
    const head = read('erp.rules.yml').split('\ngroups:')[0] ?? '';
    const explained = head.slice(head.indexOf('# Annotations'));
    for (const { alert, annotations } of rules)
      for (const name of Object.keys(annotations)) expect(explained, alert).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('ask for one query at most, and for none in a description', () => {
    for (const { alert, annotations } of rules) {
      const texts = Object.values(annotations);
      const queries = texts.flatMap((text) => text.match(/\bquery [("]/g) ?? []);
      expect(queries.length, alert).toBeLessThanOrEqual(1);
      expect(annotations['description'], alert).not.toMatch(/\bquery [("]/);
    }
  });

  it('say nothing of instances, and leave topk and hasty absences out', () => {
    for (const rule of rules) {
      const { expr } = rule;
      expect(expr, rule.alert).toMatch(/^(count\(|count by|absent\(|min by|max by \((?!instance)|\(\n|vector)/);
      // That of ErpExporterDown counts targets: what it counts by is another matter.
      const inner = rule.alert === 'ErpExporterDown' ? expr.match(/^count by \([^)]*\)/)?.[0] ?? '' : expr;
      for (const [, labels = ''] of inner.matchAll(/(?:max|count) by \(([^)]*)\)/g))
        if (rule.alert !== 'ErpRedundancyLost') expect(labels, rule.alert).not.toContain('instance');
      expect(expr, rule.alert).not.toMatch(/topk/);
      if (expr.includes('absent(')) expect(rule.for, rule.alert).toBeDefined();
    }
  });

  it('keep environments apart, in what they evaluate and in what they ask for their texts', () => {
    for (const { alert, expr, annotations } of rules) {
      // A target has no environment: its own tests show that its exporter's is taken.
      if (alert === 'ErpExporterDown') continue;
      const sets = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].map(([, labels = '']) => labels);
      expect(sets.filter((labels) => !/\b(?:environment|instance)\b/.test(labels)), alert).toEqual([]);
      const queries = Object.values(annotations).filter((text) => text.includes('query ('));
      expect(queries.filter((text) => !text.includes('$labels.environment')), alert).toEqual([]);
    }
  });

  it('bridge a restart of the exporter, save those that report it', () => {
    const unbridged = rules.filter((rule) => rule.keep_firing_for === undefined).map(nameOf);
    const looksBack = rules.filter(({ expr }) => expr.includes('last_over_time(erp_failed_record_timestamp')).map(nameOf);
    expect(unbridged).toEqual([...looksBack, 'ErpExporterDown (critical)', 'ErpExporterDown (warning)', 'ErpWatchdog (info)']);
  });

  it('leave nothing untested', () => {
    const tested = allCases.map(({ alert, severity }) => `${alert} (${severity})`);
    const special = [
      ...['ErpExporterDown (critical)', 'ErpExporterDown (warning)', 'ErpWatchdog (info)'],
      ...['ErpRunsSkipped (warning)', 'ErpRedundancyLost (warning)'],
    ];
    expect([...tested, ...special].sort()).toEqual(rules.map(nameOf).sort());
  });

  it('use metrics that exist', () => {
    const documented = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const texts = rules.flatMap(({ expr, annotations }) => [expr, ...Object.values(annotations)]);
    const used = new Set(texts.flatMap((text) => text.match(/(?<!:)\berp_[a-z_]+\b(?!:)/g) ?? []));
    expect(used.size).toBeGreaterThan(30);
    const labelValues = ['erp_partner'];
    const unknown = [...used].filter(
      (name) => !documented.includes(`\`${name}\``) && !labelValues.includes(name),
    );
    expect(unknown).toEqual([]);
  });

  it('have tests that are made from the tables of today', () => {
    for (const [path, text] of alertTestFiles())
      expect(read(path.replace('alerts/', '')) === text, `${path}: run npm run generate:alerts`).toBe(true);
  });
});

/** Every so many of the tests that take a minute a step, in a file of its own. */
function sampledTests(every: number): string {
  const tests = alertTests().filter(({ interval }) => interval === '1m');
  const sampled = tests.filter((_, index) => index % every === 0);
  expect(sampled.length).toBeGreaterThan(20);
  return stringify({ rule_files: [join(alertsFolder, 'erp.rules.yml')], evaluation_interval: '1m', tests: sampled }, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

describeReal('promtool', ['promtool'], () => {
  const runTests = async (document: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'erp-rules-'));
    try {
      const file = join(folder, 'sample.test.yml');
      await writeFile(file, document);
      return await run('test', 'rules', file);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const run = (...parameters: string[]) => promtool(findProgram('promtool') ?? '', parameters);

  it('finds nothing wrong in erp.rules.yml', async () => {
    const { code, output } = await run('check', 'rules', join(alertsFolder, 'erp.rules.yml'));
    expect(output).toMatch(/SUCCESS: \d+ rules found/);
    expect(output).not.toMatch(/duplicate|FAILED/);
    expect(code).toBe(0);
  });

  const runsAll = isNightly || !areRulesTested();

  it.skipIf(runsAll)('passes one in sixteen of the tests', { timeout: 180_000 }, async () => {
    const { code, output } = await runTests(sampledTests(16));
    expect(output).toContain('SUCCESS');
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  });

  const files = readdirSync(join(alertsFolder, 'tests')).filter((name) => name.endsWith('.test.yml'));
  it.runIf(runsAll).each(files)('passes %s', { timeout: 600_000 }, async (name) => {
    const { code, output } = await run('test', 'rules', join(alertsFolder, 'tests', name));
    expect(output).toContain('SUCCESS');
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  });
});
