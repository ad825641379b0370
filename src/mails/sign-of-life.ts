import { nextRun } from '../calendar/schedule.ts';
import type { Config, SignOfLife } from '../config/config.ts';
import { circumstancesAt, judgementsOf } from '../judgement.ts';
import type { MonitorStateName } from '../judgement.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Cell } from '../report/document-flows.ts';
import type { Line, Tone } from '../report/document-coverage.ts';
import type { ReportDocument, Section } from '../report/document.ts';
import type { MailLink } from '../report/mail-html.tsx';
import type { Instant } from '../time.ts';
import type { Translator } from '../texts/translator.ts';
import { companiesText, contentOf } from './content.ts';
import type { MailContent } from './content.ts';

/** What a sign of life is made of. */
export interface SignSource {
  readonly config: Pick<Config, 'alerting' | 'companies' | 'environment' | 'timezone'>;
  readonly snapshot: Pick<Snapshot, 'maintenance' | 'tasks'>;
  readonly translator: Translator;
  readonly now: Instant;
  /** When the process started. */
  readonly startedAt: Instant;
  /** Until when somebody is to confirm it; undefined: nobody is asked to. */
  readonly confirmBy: Instant | undefined;
}

/** A monitor at a company. */
interface Watched {
  readonly company: string;
  readonly flow: string;
  readonly monitor: string;
  readonly state: MonitorStateName;
  readonly lastSuccess: Instant | null;
  /** null: it has no records. */
  readonly failed: number | null;
}

/** The worst are told first, and more than so many at a company are counted. */
const mostMonitors = 100;
const gravity: readonly MonitorStateName[] = [
  'critical',
  'warning',
  'no_data',
  'maintenance',
  'ok',
  'closed',
];
const tones: Readonly<Partial<Record<MonitorStateName, Tone>>> = {
  critical: 'critical',
  warning: 'warning',
  no_data: 'critical',
  ok: 'ok',
};

function failedAt({ reading }: TaskStatus, company: string): number | null {
  const found = reading?.samples.filter(
    ({ family, company: of }) => family.name === 'erp_failed_records' && of === company,
  );
  return found === undefined || found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
}

/** The tasks that tell of the companies of a mail. */
export function tasksOf(
  { tasks }: Pick<Snapshot, 'tasks'>,
  companies: readonly string[],
): readonly TaskStatus[] {
  return [...tasks.values()].filter((task) => task.companies.some((name) => companies.includes(name)));
}

function watchedOf({ companies }: SignOfLife, { snapshot, now }: SignSource): readonly Watched[] {
  const circumstances = circumstancesAt(now, snapshot.maintenance);
  return tasksOf(snapshot, companies).flatMap((task) => {
    const judge = judgementsOf(task, circumstances);
    const { flow, name: monitor } = task.monitor;
    return task.companies
      .filter((company) => companies.includes(company))
      .map((company) => {
        const { state } = judge(company);
        const { lastSuccess } = task;
        return { company, flow, monitor, state, lastSuccess, failed: failedAt(task, company) };
      });
  });
}

function sectionOf(company: string, watched: readonly Watched[], source: SignSource): Section {
  const { config, translator: t } = source;
  const zone = config.companies.get(company)?.timezone ?? config.timezone;
  const rows = watched
    .toSorted((one, other) => gravity.indexOf(one.state) - gravity.indexOf(other.state))
    .slice(0, mostMonitors)
    .map(({ flow, monitor, state, lastSuccess, failed }): readonly Cell[] => [
      { text: flow },
      { text: monitor },
      { text: t.text(`state.${state}`), tone: tones[state] ?? 'plain' },
      { text: lastSuccess === null ? t.text('alive.never') : t.minuteTime(lastSuccess, zone) },
      {
        text: failed === null ? '–' : t.number(failed),
        isFigure: true,
        tone: failed === null || failed === 0 ? 'plain' : 'critical',
      },
    ]);
  const more = watched.length - rows.length;
  return {
    title: config.companies.get(company)?.title ?? company,
    head: [
      t.text('report.flow'),
      t.text('report.monitor'),
      t.text('alive.state'),
      t.text('alive.last_read'),
      t.text('alive.failed'),
    ],
    rows,
    notes: more > 0 ? [t.text('alive.more', { count: more })] : [],
  };
}

function leadOf(watched: readonly Watched[], t: Translator): readonly Line[] {
  const count = (...states: readonly MonitorStateName[]) =>
    watched.filter(({ state }) => states.includes(state)).length;
  const unread = count('no_data');
  const wrong = count('warning', 'critical');
  const flows = new Set(watched.map(({ company, flow }) => JSON.stringify([company, flow]))).size;
  return [
    {
      text: t.text('alive.watched', { monitors: watched.length, flows }),
      tone: watched.length === 0 ? 'critical' : 'plain',
    },
    ...(unread === 0 ? [] : [{ text: t.text('alive.unread', { count: unread }), tone: 'critical' } as const]),
    wrong === 0
      ? { text: t.text('alive.nothing_wrong'), tone: unread === 0 ? 'ok' : 'plain' }
      : { text: t.text('alive.wrong', { count: wrong }), tone: 'critical' },
  ];
}

function linkTo(pageUrl: string | undefined, isAsked: boolean, t: Translator): MailLink | undefined {
  if (pageUrl === undefined) return undefined;
  return isAsked
    ? { text: t.text('alive.confirm'), url: `${pageUrl}/signs-of-life` }
    : { text: t.text('alive.open_page'), url: pageUrl };
}

/** What stands below: what it means when the next mail does not come. */
function missingLines(
  { cron, timezone }: SignOfLife,
  { translator: t, now, confirmBy }: SignSource,
  at: (instant: Instant) => string,
): readonly string[] {
  return [
    t.text('alive.next', { at: at(nextRun({ cron, timezone }, '', now)) }),
    t.text('alive.spam'),
    ...(confirmBy !== undefined && confirmBy >= now ? [t.text('alive.please', { at: at(confirmBy) })] : []),
  ];
}

/** The mail which says that monitoring is alive, what it sees now, and what it means when the next does not come. */
export function signOfLifeMail(plan: SignOfLife, source: SignSource): MailContent {
  const { config, translator: t, now, startedAt, confirmBy } = source;
  const { companies, timezone } = plan;
  const watched = watchedOf(plan, source);
  const at = (instant: Instant) => t.minuteTime(instant, timezone);
  const titles = companies.map((name) => config.companies.get(name)?.title ?? name);
  const isWhole = watched.length > 0 && watched.every(({ state }) => state !== 'no_data');
  const title = t.text(isWhole ? 'alive.title' : 'alive.troubled', { companies: companiesText(titles, t) });
  const unconfirmed: readonly Line[] =
    confirmBy !== undefined && confirmBy < now
      ? [{ text: t.text('alive.unconfirmed', { at: at(confirmBy) }), tone: 'critical' }]
      : [];
  const ofCompany = (company: string) => watched.filter((each) => each.company === company);
  const document: ReportDocument = {
    language: t.language,
    title,
    period: t.text('alive.as_of', { at: at(now), zone: timezone, since: at(startedAt) }),
    lead: [...leadOf(watched, t), ...unconfirmed],
    sections: companies.map((company) => sectionOf(company, ofCompany(company), source)),
    notCovered: { title: t.text('alive.missing'), lines: missingLines(plan, source, at) },
  };
  const link = linkTo(config.alerting.pageUrl, confirmBy !== undefined, t);
  return contentOf(title, [document], { environment: config.environment, link });
}
