import type { Row } from '../../../src/databases/values.ts';
import { createClassifier } from '../../../src/known-errors/classify.ts';
import type { KnownError } from '../../../src/known-errors/catalogue.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import type { Reading } from '../../../src/monitors/contract.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { MemoryDatabase, hour, minute, now, observe } from '../../monitors/run.ts';
import { knownError, taskOf } from '../world.ts';

/** What a company may be known by, as one letter. */
export type Letter = 'A' | 'B' | 'C';
export const letters: readonly Letter[] = ['A', 'B', 'C'];

/** Where a text comes from; who may see it depends on that. */
export type Field = 'name' | 'title' | 'monitor' | 'flow' | 'job' | 'failure' | 'note' | 'record' | 'sql';

/** A text that is nowhere but in this field of this company. Every one begins with `zq`. */
export const planted = (letter: Letter, field: Field): string => `zq${letter}${field}zz`;

/** An amount that no other company has, in figures as every language writes them. */
export const amountOf = (letter: Letter): string => `61${letters.indexOf(letter) + 3}.77`;
export const amountPattern = (letter: Letter): RegExp => new RegExp(amountOf(letter).replace('.', '[.,]'));

/** What of a text belongs to these companies, and to one of these fields. */
export function found(text: string, whose: readonly Letter[], fields?: readonly Field[]): string[] {
  const wanted = fields === undefined ? '\\w+?' : `(?:${fields.join('|')})`;
  const pattern = new RegExp(`zq[${whose.join('')}]${wanted}zz`, 'gi');
  const amounts = fields === undefined ? whose.filter((letter) => amountPattern(letter).test(text)) : [];
  return [...(whose.length === 0 ? [] : (text.match(pattern) ?? [])), ...amounts.map(amountOf)];
}

/** How a company of a generated configuration is watched. */
export interface Shape {
  /** Companies that one run serves; each company is in one of these at least. */
  readonly groups: readonly (readonly Letter[])[];
  /** Whether the last run of each group failed. */
  readonly isFailing: readonly boolean[];
}

const failedRow = (letter: Letter, index: number): Row => ({
  company: planted(letter, 'name'),
  record: `${planted(letter, 'record')}-${index}`,
  since: new Date(now - (index + 1) * hour),
  amount: amountOf(letter),
  currency: 'EUR',
  error: `Gremlin ${planted(letter, 'record')} in gearbox ${index}\n\tat com.${planted(letter, 'record')}.X(Y.java:1)`,
  code: index === 0 ? planted(letter, 'record') : '',
  call: `POST /${planted(letter, 'record')}`,
});

/** The errors of one company are known, of the others not. */
const known: KnownError = {
  ...knownError('known'),
  patterns: [`gremlin ${planted('A', 'record').toLowerCase()}`],
};
export const knownErrors: readonly KnownError[] = [known];

async function recordsOf(group: readonly Letter[]): Promise<Reading> {
  const classifier = createClassifier({ errors: [] });
  const failed = group.flatMap((letter) => [failedRow(letter, 0), failedRow(letter, 1)]);
  const waiting = group.map((letter) => ({
    company: planted(letter, 'name'),
    record: `${planted(letter, 'record')}-late`,
    since: new Date(now - 5 * hour),
    amount: amountOf(letter),
    currency: 'EUR',
  }));
  const database = new MemoryDatabase({ F: failed, W: waiting });
  const settings = { failed: 'F', waiting: 'W', late_after: { warning: '30m' } };
  return observe(records, settings, database, {
    companies: group.map((letter) => planted(letter, 'name')),
    recordUrl: (record) => `https://erp.example/${encodeURIComponent(record)}`,
    classify: (failure) => classifier.classify({ ...failure, flow: 'orders' }),
  });
}

async function jobsOf(group: readonly Letter[]): Promise<Reading> {
  const rows = group.map((letter) => ({
    company: planted(letter, 'name'),
    job: planted(letter, 'job'),
    status: 'failed',
    started: new Date(now - hour),
    finished: new Date(now - hour + minute),
  }));
  return observe(jobs, { query: 'Q' }, new MemoryDatabase({ Q: rows }), {
    companies: group.map((letter) => planted(letter, 'name')),
  });
}

async function queryOf(group: readonly Letter[]): Promise<Reading> {
  const rows = group.map((letter) => ({
    company: planted(letter, 'name'),
    shop: planted(letter, 'job'),
    n: 7,
  }));
  const metric = { name: 'shop_drafts', help: 'Drafts.', value: 'n', labels: ['shop'], warning: 2 };
  return observe(query, { query: 'Q', metrics: [metric] }, new MemoryDatabase({ Q: rows }), {
    companies: group.map((letter) => planted(letter, 'name')),
  });
}

/** With a text of each company of a group in everything that a run of it may say. */
function withTexts(group: readonly Letter[], isFailing: boolean, reading: Reading) {
  const each = (field: Field) => group.map((letter) => planted(letter, field)).join(' ');
  const failure = isFailing ? { reason: 'columns' as const, message: `rows of ${each('failure')}` } : null;
  return {
    reading: { ...reading, notes: [`about ${each('note')}`] },
    failure,
    sql: `SELECT '${each('sql')}'`,
  };
}

/** The tasks of a configuration, with texts planted in every field. */
export async function plantedTasks({ groups, isFailing }: Shape): Promise<TaskStatus[]> {
  const tasks = groups.map(async (group, index) => {
    const names = group.map((letter) => planted(letter, 'name'));
    const kinds = [
      { kind: records, reading: await recordsOf(group), key: 'failed' },
      { kind: jobs, reading: await jobsOf(group), key: 'query' },
      { kind: query, reading: await queryOf(group), key: 'query' },
    ];
    return kinds.map(({ kind, reading: plain, key }) => {
      const { reading, failure, sql } = withTexts(group, isFailing[index] ?? false, plain);
      // What is called after one company is watched there alone.
      const own = group.length === 1 && group[0] !== undefined ? planted(group[0], 'monitor') : 'shared';
      const task = taskOf(`${kind.kind}-${own}-${index}`, kind, names, reading, { failure }, { [key]: sql });
      const flow = group.length === 1 && group[0] !== undefined ? planted(group[0], 'flow') : 'orders';
      return { ...task, monitor: { ...task.monitor, flow, calendarKey: 'always' } };
    });
  });
  return (await Promise.all(tasks)).flat();
}
