import type { Row } from '../../../src/databases/values.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { sync } from '../../../src/monitors/sync/index.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { Monitor, compare } from '../../monitors/reconcile/monitor.ts';
import { MemoryDatabase, observe } from '../../monitors/run.ts';
import { hour, minute, now, recordsReading, taskOf } from '../../web/world.ts';

const companyCount = 50;
const recordMonitors = 15;
/** The one monitor that has so many open records. */
export const crowded = { company: 'company_00', monitor: 'records_00', records: 10_000 };

/** Company → its title, the last ones long. */
export const titles: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: companyCount }, (_, index) => [
    `company_${String(index).padStart(2, '0')}`,
    index % 8 === 0
      ? `Vereinigte Großhandelsgesellschaft für Werkzeuge ${index} GmbH & Co. KG`
      : `Company ${index} NV`,
  ]),
);
const names = Object.keys(titles);
/** A third of the companies have trouble. */
const troubled = names.filter((_, index) => index % 3 === 0);

const codes = ['customer_blocked', 'price_list', 'odd'] as const;
/** What the catalogue knows of them. */
export const knownCodes: readonly string[] = codes.slice(0, 2);

function failedRow(company: string, index: number): Row {
  const code = codes[index % codes.length] ?? '';
  return {
    company,
    record: `W-${String(index).padStart(5, '0')}`,
    since: new Date(now - ((index * 7) % 3000) * minute),
    amount: `${(index * 13) % 5000}.50`,
    currency: index % 4 === 0 ? 'CHF' : 'EUR',
    error: `Customer ${10_000 + index} is blocked for sale: the credit limit of 5000.00 is exceeded`,
    code,
    call: 'POST /api/v2/companies/400/salesOrders',
  };
}

const times = <Made>(count: number, make: (index: number) => Made): Made[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Everything of a monitor that makes money: what is wrong with it is critical. */
function asMoneyMaker(task: TaskStatus): TaskStatus {
  return { ...task, monitor: { ...task.monitor, flow: 'orders', criticality: 'critical' } };
}

async function recordsTask(place: number): Promise<TaskStatus> {
  const name = `records_${String(place).padStart(2, '0')}`;
  const failed = troubled.flatMap((company) => {
    if (name === crowded.monitor && company === crowded.company) return [];
    return place % 5 === 0 ? times(6, (index) => failedRow(company, index)) : [];
  });
  const many =
    name === crowded.monitor ? times(crowded.records, (index) => failedRow(crowded.company, index)) : [];
  const waiting = names.map((company) => ({
    company,
    record: `Q-${place}`,
    since: new Date(now - (place === 3 && troubled.includes(company) ? 2 * hour : minute)),
    amount: '20.00',
    currency: 'EUR',
  }));
  const settings = {
    failed: 'F',
    waiting: 'W',
    late_after: { warning: '30m' },
    failed_threshold: { warning: 5, critical: 20 },
  };
  const reading = await observe(
    records,
    settings,
    new MemoryDatabase({ F: [...many, ...failed], W: waiting }),
    {
      companies: names,
      criticality: place === 0 ? 'critical' : 'normal',
      maxRows: 2 * crowded.records,
      recordUrl: (record) => `https://erp.example/${record}`,
    },
  );
  const task = taskOf(name, records, names, reading);
  return place === 0 ? asMoneyMaker(task) : task;
}

async function otherTasks(): Promise<TaskStatus[]> {
  const run = { companies: names };
  const rows = (make: (company: string, isTroubled: boolean) => Row[]) =>
    new MemoryDatabase({ Q: names.flatMap((company) => make(company, troubled.includes(company))) });
  const synced = rows((company, isTroubled) => [
    { company, last_sync: new Date(now - (isTroubled ? hour : minute)), syncs_today: 4, rejected_today: 2 },
  ]);
  const moved = rows((company, isTroubled) =>
    times(6, (index) => ({
      company,
      job: `datamove ${index}`,
      status: isTroubled && index === 0 ? 'failed' : 'success',
      started: new Date(now - hour),
      finished: new Date(now - hour + 40_000),
      error: isTroubled && index === 0 ? 'ORA-00054: resource busy' : null,
    })),
  );
  const counted = rows((company, isTroubled) =>
    times(4, (index) => ({ company, shop: `shop ${index}`, n: isTroubled ? index : 0 })),
  );
  const metric = { name: 'shop_drafts', help: 'Drafts.', value: 'n', labels: ['shop'], warning: 2 };
  return [
    taskOf(
      'crm_sync',
      sync,
      names,
      await observe(sync, { query: 'Q', alert_after: { warning: '30m' } }, synced, run),
    ),
    taskOf('datamoves', jobs, names, await observe(jobs, { query: 'Q' }, moved, run)),
    taskOf('drafts', query, names, await observe(query, { query: 'Q', metrics: [metric] }, counted, run)),
    ...(await portalTasks()),
    ...(await Promise.all(names.map(comparedTask))),
  ];
}

/** Nobody knows how it stands at the first company. */
async function portalTasks(): Promise<TaskStatus[]> {
  const failure = { reason: 'login', message: 'login of portal refused' } as const;
  return [
    taskOf('portal', records, names.slice(0, 1), null, { failure }),
    taskOf('portal', records, names.slice(1), await recordsReading({ failed: [] }, names.slice(1))),
  ];
}

/** What two sides of a company say; eight orders of the first one are missing. */
async function comparedTask(name: string): Promise<TaskStatus> {
  const sides = {
    left: { database: 'shop', title: 'web shop', query: 'SELECT shop' },
    right: { database: 'erp', title: 'ERP', query: 'SELECT erp' },
  };
  const run = { companies: [name] };
  const compared = new Monitor(sides);
  const missing = name === crowded.company ? 8 : 0;
  times(missing, (index) => compared.insert('left', `W-${20_000 + index}`));
  await compared.after(6 * minute, run);
  const reading = await compared.after(6 * minute, run);
  return taskOf('orders_arrived', reconcile, run.companies, reading, {}, { ...sides, compare });
}

/** 50 companies with 20 monitors each, of every kind; 10,000 open records in one of them. */
export async function largeTasks(): Promise<TaskStatus[]> {
  const withRecords = await Promise.all(times(recordMonitors, recordsTask));
  return [...withRecords, ...(await otherTasks())];
}
