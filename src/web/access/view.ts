import type { Visitor } from '../../config/config.ts';
import type { Reading } from '../../monitors/contract.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { TaskStatus } from '../../poll/task-status.ts';

type Sees = (company: string) => boolean;

function readingFor({ live, ...reading }: Reading, sees: Sees, hasRecords: boolean): Reading {
  const ofCompany = <Item extends { readonly company: string }>(items: readonly Item[]): readonly Item[] =>
    items.filter(({ company }) => sees(company));
  return {
    ...reading,
    samples: ofCompany(reading.samples),
    ...(live === undefined ? {} : { live: (now) => ofCompany(live(now)) }),
    statuses: ofCompany(reading.statuses),
    records: hasRecords ? ofCompany(reading.records) : [],
  };
}

function taskFor(task: TaskStatus, sees: Sees, hasRecords: boolean): TaskStatus {
  const companies = task.companies.filter(sees);
  const { reading } = task;
  if (reading === null) return { ...task, companies };
  const own = readingFor(reading, sees, hasRecords);
  // Its sentences may be about the companies that are left out.
  const isWhole = companies.length === task.companies.length;
  return { ...task, companies, reading: isWhole ? own : { ...own, notes: [], details: [] } };
}

/** The part of a snapshot that a visitor may see on the page. Databases belong to no company, and stand for whoever sees all. */
export function viewFor(snapshot: Snapshot, { companies, rights }: Visitor): Snapshot {
  const hasRecords = rights.has('records');
  if (companies === 'all' && hasRecords) return snapshot;
  const sees: Sees = (company) => companies === 'all' || companies.has(company);
  const tasks = [...snapshot.tasks].flatMap(([key, task]): [string, TaskStatus][] =>
    task.companies.some(sees) ? [[key, taskFor(task, sees, hasRecords)]] : [],
  );
  return {
    environment: snapshot.environment,
    knownErrors: snapshot.knownErrors,
    companies: snapshot.companies.filter(({ name }) => sees(name)),
    maintenance: snapshot.maintenance,
    tasks: new Map(tasks),
    databases: companies === 'all' ? snapshot.databases : new Map(),
  };
}
