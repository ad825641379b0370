import { company } from '../../helpers/fake-config.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { sync } from '../../../src/monitors/sync/index.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { Monitor, compare } from '../../monitors/reconcile/monitor.ts';
import { MemoryDatabase, observe } from '../../monitors/run.ts';
import { hour, minute, now, recordsReading, taskOf } from '../../web/world.ts';
import { statusPageOf } from '../../web/status/page.ts';
import type { SiteContent } from './site.ts';

/** Texts as nobody should write them, short enough for any place. Whatever runs of them sets `pwned`. */
export const words = [
  '"><script>globalThis.pwned=1</script>',
  `'><img src=x onerror="globalThis.pwned=2">`,
  '</title></textarea><svg onload=globalThis.pwned=3>',
  'javascript:globalThis.pwned=4',
  `"' autofocus onfocus="globalThis.pwned=5" x='`,
  '{count, plural, other {#}} {at} ${1+1} {{1}}',
  '\u202Egnp.exe',
  'שלום עולם 12 (ב) \u2067',
  '=HYPERLINK("http://evil.example";"x")',
  '&lt;already&gt; &amp;amp; <!-- -->',
  '🦄👩‍👩‍👧'.repeat(6),
  'W'.repeat(90),
] as const;
/** A message of 10 kB without a place to break it, with something to find at its end. */
export const longMessage = `${'y'.repeat(9_980)}<i>END</i>`;

/** What a company may be called in a database, where a path has other ideas of these characters. */
export const oddCompany = 'a/b?c#d&e %20"<i>';
export const longMonitor = 'm'.repeat(120);

const dates = ['0001-01-01', '1902-01-01', '2899-12-31', '9999-12-31'].map((date) => new Date(date));
const since = new Date(now - hour);

function recordRows() {
  const money = { amount: '-99999999999999999999.99', currency: '<b>€</b>' };
  return [
    ...words.map((word) => ({
      record: word,
      since,
      error: `${word} is odd`,
      code: word,
      call: word,
      ...money,
    })),
    ...dates.map((date, index) => ({ record: `date ${index}`, since: date, error: 'odd date' })),
    { record: 'long', since, error: longMessage, code: '', call: '' },
    { record: '', since: null, error: '', code: '', call: '' },
    { record: 'trace', since, error: `Error: x\n    at send (${longMessage}:1:2)\nCaused by: ${words[0]}` },
  ];
}

async function recordTasks(): Promise<TaskStatus[]> {
  const many = await recordsReading({
    failed: recordRows(),
    waiting: words.map((word) => ({ record: `wait ${word}`, since: new Date(now - 3 * hour) })),
  });
  const broken = { failure: { reason: 'query' as const, message: `${words.join(' ')} ${longMessage}` } };
  const others = await Promise.all(
    words.map(async (word, index) => {
      const reading = await recordsReading({ failed: [{ record: word, since, error: word }] }, [`c${index}`]);
      return taskOf('orders', records, [`c${index}`], reading);
    }),
  );
  const odd = await recordsReading({ failed: [{ record: 'W-1', since, error: 'odd' }] }, [oddCompany]);
  return [
    taskOf('records', records, ['acme'], many),
    taskOf('broken', records, ['acme'], null, broken),
    taskOf(longMonitor, records, [oddCompany], odd),
    ...others,
  ];
}

async function compared(): Promise<TaskStatus> {
  const sides = {
    left: { database: 'shop', title: words[0].slice(0, 40), query: `SELECT '${words[1]}'` },
    right: { database: 'erp', title: words[7], query: `SELECT '${longMessage}'` },
  };
  const monitor = new Monitor(sides);
  for (const word of words) monitor.insert('left', word);
  await monitor.after(6 * minute);
  return taskOf('reconcile', reconcile, ['acme'], await monitor.after(6 * minute), {}, { ...sides, compare });
}

async function otherTasks(): Promise<TaskStatus[]> {
  const moved = new MemoryDatabase({
    Q: words.map((word, index) => ({
      job: word,
      status: index === 0 ? word : 'failed',
      started: dates[index % 4] ?? since,
      finished: since,
      error: index === 1 ? longMessage : word,
    })),
  });
  const metric = { name: 'shop_drafts', help: 'Drafts.', value: 'n', labels: ['shop'], warning: 2 };
  const drafts = new MemoryDatabase({ Q: words.map((shop) => ({ shop, n: 7 })) });
  const synced = new MemoryDatabase({
    Q: [{ last_sync: dates[1] ?? since, syncs_today: 9_999_999, rejected_today: 2 }],
  });
  return [
    taskOf('jobs', jobs, ['acme'], await observe(jobs, { query: 'Q' }, moved)),
    taskOf('query', query, ['acme'], await observe(query, { query: 'Q', metrics: [metric] }, drafts)),
    taskOf(
      'sync',
      sync,
      ['acme'],
      await observe(sync, { query: 'Q', alert_after: { warning: '30m' } }, synced),
    ),
    await compared(),
  ];
}

/** A flow is free text too. */
function withOddFlow(task: TaskStatus, index: number): TaskStatus {
  const flow = words[index % words.length] ?? '';
  return { ...task, monitor: { ...task.monitor, flow } };
}

/** Every text that comes from elsewhere, as odd as it may be. */
export async function hostileContent(): Promise<SiteContent> {
  const tasks = [...(await recordTasks()), ...(await otherTasks())].map(withOddFlow);
  return {
    companies: [
      company('acme', { title: words[0], project: words[1] }),
      company(oddCompany, { title: words.join(' '), project: longMessage }),
      ...words.map((word, index) => company(`c${index}`, { title: word, project: word })),
    ],
    tasks,
    codes: words,
    statusPage: statusPageOf(words.join(' '), 'acme', tasks[0]?.monitor.flow),
    environment: '<i>"env"</i>',
  };
}
