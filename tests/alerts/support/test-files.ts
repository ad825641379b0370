import { stringify } from 'yaml';
import type { AlertCase } from './cases.ts';
import { queryCases } from './query-cases.ts';
import { reconciliationCases } from './reconciliation-cases.ts';
import { recordCases } from './record-cases.ts';
import { jobCases, syncCases } from './schedule-cases.ts';
import { scenariosOf } from './scenarios.ts';
import type { PromtoolTest } from './scenarios.ts';
import {
  exporterScenarios,
  jobScenarios,
  longExporterScenarios,
  monitorScenarios,
  scheduleScenarios,
} from './special-others.ts';
import { outboxScenarios } from './special-outbox.ts';
import { reconciliationScenarios } from './special-reconciliation.ts';
import { recordScenarios } from './special-records.ts';
import { exporterCases, monitorCases } from './technical-cases.ts';

const files: readonly (readonly [name: string, cases: readonly AlertCase[], special: readonly PromtoolTest[]])[] = [
  ['records', recordCases, recordScenarios],
  ['reconciliation', reconciliationCases, reconciliationScenarios],
  ['syncs', syncCases, scheduleScenarios],
  ['queries', queryCases, []],
  ['jobs', jobCases, jobScenarios],
  ['monitors', monitorCases, monitorScenarios],
  ['exporter', exporterCases, [...exporterScenarios, ...outboxScenarios]],
  ['exporter-days', [], longExporterScenarios],
];

/** Every rule that has a case. */
export const allCases: readonly AlertCase[] = files.flatMap(([, cases]) => cases);

/** All of promtool's tests of the alerting rules. */
export function alertTests(): readonly PromtoolTest[] {
  return files.flatMap(([, cases, special]) => [...cases.flatMap(scenariosOf), ...special]);
}

/** promtool's tests of the alerting rules, by path from the root of the repository. */
export function alertTestFiles(): ReadonlyMap<string, string> {
  return new Map(
    files.map(([name, cases, special]) => {
      const tests = [...cases.flatMap(scenariosOf), ...special];
      const [first] = tests;
      const evaluation_interval = first?.interval ?? '1m';
      const document = { rule_files: ['../erp.rules.yml'], evaluation_interval, tests };
      const text = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
      return [
        `alerts/tests/${name}.test.yml`,
        `# Made from the tables in tests/alerts/support/ with scripts/alerts.ts; do not edit.\n${text}`,
      ];
    }),
  );
}
