import type { Row } from '../../src/databases/values.ts';
import type { Language } from '../../src/known-errors/catalogue.ts';
import type { KnownError } from '../../src/known-errors/catalogue.ts';
import type { MonitorKind, Reading } from '../../src/monitors/contract.ts';
import { jobs } from '../../src/monitors/jobs/index.ts';
import { query } from '../../src/monitors/query/index.ts';
import { records } from '../../src/monitors/records/index.ts';
import { reconcile } from '../../src/monitors/reconcile/index.ts';
import { sync } from '../../src/monitors/sync/index.ts';
import { acceptReading } from '../../src/poll/accept.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { createTranslators } from '../../src/texts/translator.ts';
import type { PageContext } from '../../src/web/pages/context.ts';
import type { Viewer } from '../../src/web/view/viewer.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';
import { Monitor, compare } from '../monitors/reconcile/monitor.ts';
import { minute as reconcileMinute } from '../monitors/reconcile/engine/cycle-world.ts';
import { MemoryDatabase, hour, minute, now, observe } from '../monitors/run.ts';

export { hour, minute, now };

/** A reader of everything, and one of one company alone. */
export const everything: Viewer = { sees: () => true, may: () => true };
export const only = (name: string): Viewer => ({ sees: (company) => company === name, may: () => true });

const texts = (text: string) => ({ en: text, nl: `${text} (nl)`, de: `${text} (de)`, fr: `${text} (fr)` });

/** The entry of the catalogue for the class of errors that a code makes in these tests. */
export function knownError(code: string): KnownError {
  return {
    id: `class-${code}`,
    category: 'credit',
    responder: 'it',
    retryable: false,
    flows: [],
    codes: [],
    patterns: [],
    example: '',
    title: texts(`Title of ${code}`),
    explanation: texts(`Meaning of ${code}`),
    action: texts(`Action for ${code}`),
    own: false,
  };
}

/** Enough for a kind with one query; each kind takes what it knows of it. */
const usualSettings = {
  database: 'shop',
  query: 'SELECT 1',
  failed: 'SELECT 2',
  metrics: [{ name: 'shop_drafts', help: 'Drafts.', value: 'n' }],
};

/** A task that ran a minute ago. */
export function taskOf(
  name: string,
  kind: MonitorKind,
  companies: readonly string[],
  reading: Reading | null,
  change: Partial<TaskStatus> = {},
  settings: Readonly<Record<string, unknown>> = {},
): TaskStatus {
  return {
    key: JSON.stringify([name, companies]),
    monitor: monitor(name, {
      kind,
      companies,
      flow: `flow-${name}`,
      settings: kind.settings.parse({ ...usualSettings, ...settings }),
    }),
    companies,
    intervalSeconds: 60,
    reading: reading === null ? null : acceptReading(reading, 100_000),
    lastRun: now - minute,
    lastSuccess: reading === null ? null : now - minute,
    failure: null,
    durationSeconds: 0.25,
    runs: 1,
    failures: {},
    skipped: 0,
    ...change,
  };
}

export interface RecordRows {
  readonly failed: readonly Row[];
  readonly waiting?: readonly Row[];
}

/** The real reading of a monitor of kind `records`. */
export async function recordsReading(
  { failed, waiting = [] }: RecordRows,
  companies: readonly string[] = ['acme'],
): Promise<Reading> {
  const database = new MemoryDatabase({ F: failed, W: waiting });
  const settings = { failed: 'F', waiting: 'W', late_after: { warning: '30m' } };
  return observe(records, settings, database, {
    companies,
    recordUrl: (record) => `https://erp.example/${encodeURIComponent(record)}`,
  });
}

const at = (ago: number) => new Date(now - ago);

/** A company with a monitor of each kind, each with something wrong; `word` stands in every text that its databases hold. */
export async function tasksOfEachKind(name: string, word: string): Promise<TaskStatus[]> {
  const failed = [
    {
      record: `${word}-1`,
      since: at(2 * hour),
      amount: '1240.50',
      currency: 'EUR',
      error: `${word} is over the limit`,
      code: word,
      call: `POST /${word}`,
    },
    {
      record: `${word}-2`,
      since: at(hour),
      amount: '0.10',
      currency: 'EUR',
      error: `${word} is odd`,
      code: '',
      call: '',
    },
  ];
  const waiting = [
    { record: `${word}-3`, since: at(3 * hour), amount: '10.00', currency: 'CHF' },
    { record: `${word}-4`, since: at(minute), amount: '20.00', currency: 'CHF' },
  ];
  const run = { companies: [name] };
  // A title has at most 40 characters, spaces around it are cut.
  const title = Array.from(word).slice(0, 30).join('').trim();
  const sides = {
    left: { database: 'shop', title: `shop ${title}`, query: `SELECT shop ${word}` },
    right: { database: 'erp', title: `erp ${title}`, query: `SELECT erp ${word}` },
  };
  const compared = new Monitor(sides);
  compared.insert('left', `${word}-5`);
  await compared.after(6 * reconcileMinute, run);
  const synced = new MemoryDatabase({ Q: [{ last_sync: at(hour), syncs_today: 4, rejected_today: 2 }] });
  const moved = new MemoryDatabase({
    Q: [{ job: `job ${word}`, status: 'failed', started: at(hour), finished: at(hour), error: word }],
  });
  const metric = { name: 'shop_drafts', help: 'Drafts.', value: 'n', labels: ['shop'], warning: 2 };
  const drafts = new MemoryDatabase({ Q: [{ shop: word, n: 7 }] });
  return [
    taskOf(`records-${name}`, records, [name], await recordsReading({ failed, waiting }, [name])),
    taskOf(
      `reconcile-${name}`,
      reconcile,
      [name],
      await compared.after(6 * reconcileMinute, run),
      {},
      { ...sides, compare },
    ),
    taskOf(
      `sync-${name}`,
      sync,
      [name],
      await observe(sync, { query: 'Q', alert_after: { warning: '30m' } }, synced, run),
    ),
    taskOf(`jobs-${name}`, jobs, [name], await observe(jobs, { query: 'Q' }, moved, run)),
    taskOf(
      `query-${name}`,
      query,
      [name],
      await observe(query, { query: 'Q', metrics: [metric] }, drafts, run),
    ),
    taskOf(`broken-${name}`, records, [name], null, {
      failure: { reason: 'login', message: `login of ${word} refused` },
    }),
  ];
}

/** A snapshot of these tasks. @param titles company → its title. */
export function snapshotOf(
  tasks: readonly TaskStatus[],
  titles: Readonly<Record<string, string>>,
  codes: readonly string[] = [],
): SnapshotStore {
  const snapshot = new SnapshotStore({
    taskChanged: () => {},
    taskRemoved: () => {},
    othersChanged: () => {},
  });
  const companies = Object.entries(titles).map(([name, title]) =>
    company(name, { title, project: `project of ${title}` }),
  );
  snapshot.setConfig(config([], undefined, companies));
  snapshot.knownErrors = codes.map(knownError);
  for (const task of tasks) snapshot.setTask(task);
  return snapshot;
}

const translators = createTranslators();

/** What a page is rendered with. */
export function pageContext(language: Language = 'en', path = '/'): PageContext {
  const t = translators.get(language);
  if (t === undefined) throw new Error(`no ${language}`);
  return {
    t,
    now,
    timezone: 'Europe/Brussels',
    version: '1.2.3',
    prefix: '/erp',
    here: new URL(`http://localhost/erp${path}`),
    languages: ['en', 'nl', 'de', 'fr'],
    notice: '',
    person: null,
  };
}

export const assets = {
  style: '/erp/assets/style.css',
  scripts: ['/erp/assets/htmx.js'],
  chart: { style: '/erp/assets/uplot.css', scripts: ['/erp/assets/uplot.js', '/erp/assets/chart.js'] },
};
