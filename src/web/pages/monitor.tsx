import type { AssetLinks } from '../assets.ts';
import type { MessageKey } from '../../texts/messages.ts';
import type { HistoryView } from '../view/history.ts';
import type { JobLine, MonitorLine, MonitorView, StatementView } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { companyPath, monitorPath } from './links.ts';
import { Result } from './monitor-line.tsx';
import {
  Badge,
  Cell,
  Columns,
  Detail,
  Responders,
  Scroll,
  Time,
  closed,
  isMessage,
  responderName,
  translated,
} from './parts.tsx';
import { Ranges, daysLabel } from './ranges.tsx';
import type { Range } from './ranges.tsx';
import { Records } from './records.tsx';
import { Sparkline, historyText } from './sparkline.tsx';
import { ReadAgain } from './read-again.tsx';
import type { Refresh } from './read-again.tsx';

/** Why a job failed, what to do about it, and who does it. */
function JobFailure({ job }: { readonly job: JobLine }) {
  const page = usePage();
  const who = job.responder === '' ? '' : responderName(page, job.responder);
  return (
    <>
      {job.message !== '' && (
        <div>
          <code>{job.message}</code>
        </div>
      )}
      <dl>
        {job.action !== null && (
          <Detail name="label.action">
            <strong>{translated(page, job.action)}</strong>
          </Detail>
        )}
        {who !== '' && <Detail name="label.first_responder">{who}</Detail>}
      </dl>
    </>
  );
}

/** The state of a job in words; one that nobody has words for as it is. */
function jobState(t: PageContext['t'], status: string): string {
  const key = `job.${status}`;
  return isMessage(key) ? t.text(key) : status;
}

function JobRow({ job, timezone }: { readonly job: JobLine; readonly timezone: string }) {
  const { t } = usePage();
  return (
    <tr>
      <th scope="row">{job.job}</th>
      <td class="result">
        <span class={`tag job-${job.status}`}>{jobState(t, job.status)}</span>{' '}
        {!job.isEnabled && <span class="tag">{t.text('label.disabled')}</span>}
        <JobFailure job={job} />
      </td>
      <Cell name="label.last_run">
        <Time at={job.runningSince ?? job.lastRun} timezone={timezone} />
      </Cell>
      <Cell name="label.last_success">
        <Time at={job.lastSuccess} timezone={timezone} />
      </Cell>
      <Cell name="label.duration">
        {job.lastDurationSeconds === null ? '–' : t.duration(job.lastDurationSeconds * 1000)}
      </Cell>
      <Cell name="label.due">{job.due === null ? '–' : <Time at={job.due} timezone={timezone} />}</Cell>
    </tr>
  );
}

/** As they were, but those first that somebody has to see to. */
function wrongFirst(jobs: readonly JobLine[]): JobLine[] {
  const isWrong = ({ status }: JobLine) => status === 'failed' || status === 'missing';
  return jobs.toSorted((one, other) => Number(isWrong(other)) - Number(isWrong(one)));
}

const jobColumns: readonly MessageKey[] = [
  'label.job',
  'label.state',
  'label.last_run',
  'label.last_success',
  'label.duration',
  'label.due',
];

function Jobs({ jobs, timezone }: { readonly jobs: readonly JobLine[]; readonly timezone: string }) {
  const { t } = usePage();
  if (jobs.length === 0) return null;
  return (
    <section>
      <h2>{t.text('label.jobs')}</h2>
      <Scroll name="label.jobs">
        <table class="monitors">
          <Columns names={jobColumns} />
          <tbody>
            {wrongFirst(jobs).map((job) => (
              <JobRow key={job.job} job={job} timezone={timezone} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  const { t } = usePage();
  if (notes.length === 0) return null;
  return (
    <section>
      <h2>{t.text('label.notes')}</h2>
      <ul class="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

function Statements({ statements }: { readonly statements: readonly StatementView[] | null }) {
  const { t } = usePage();
  if (statements === null || statements.length === 0) return null;
  return (
    <details class="sql">
      <summary>{t.text('label.sql')}</summary>
      {statements.map(({ key, database, sql }) => (
        <section key={key}>
          <h3>
            {key} <span class="quiet">({database})</span>
          </h3>
          <pre>{sql}</pre>
        </section>
      ))}
    </details>
  );
}

function Facts({ line, timezone }: { readonly line: MonitorLine; readonly timezone: string }) {
  const { t } = usePage();
  return (
    <dl class="figures">
      <Detail name="label.flow">{line.flow}</Detail>
      {line.since !== null && (
        <Detail name="label.since">
          <Time at={line.since} timezone={timezone} />
        </Detail>
      )}
      <Detail name="label.turn">
        <Responders responders={line.responders} />
      </Detail>
      <Detail name="label.data_from">
        <Time at={line.dataFrom} timezone={timezone} />
      </Detail>
      <Detail name="label.every">{t.duration(line.everySeconds * 1000)}</Detail>
      <Detail name="label.duration">{t.text('text.seconds', { seconds: line.durationSeconds })}</Detail>
    </dl>
  );
}

interface MonitorProps {
  readonly view: MonitorView;
  readonly refresh: Refresh;
  /** Undefined where nothing was seen. */
  readonly history: HistoryView | undefined;
  /** Of which days that is; undefined: the last day, and there is nothing to choose from. */
  readonly range: Range | undefined;
  /** Why what the reader asked for just now was not done; undefined: nothing was refused. */
  readonly problem?: string | undefined;
}

/** What it looked like: a small drawing, in whose place a script draws a chart. */
function Chart({ view, history, range }: Omit<MonitorProps, 'refresh' | 'problem'>) {
  const page = usePage();
  const { t, prefix, here } = page;
  if (history === undefined) return <Ranges range={range} />;
  const { company, monitor } = view.line;
  const { timezone } = view.card;
  const data = `${monitorPath(prefix, company, monitor)}/history.json${here.search}`;
  return (
    <section>
      <h2>{t.text(daysLabel(history.days))}</h2>
      <Ranges range={range} />
      <p>{historyText(page, history, timezone)}</p>
      <div
        id={`chart-${history.days}`}
        class="chart"
        data-history={data}
        data-time={t.text('chart.time')}
        hx-preserve
      >
        <Sparkline view={history} timezone={timezone} />
      </div>
    </section>
  );
}

function Monitor({ view, refresh, history, range, problem }: MonitorProps) {
  const { prefix } = usePage();
  const { card, line, jobs, records, statements } = view;
  const { timezone } = card;
  return (
    <div id="live">
      <h1>
        <a href={companyPath(prefix, card.company)}>{closed(card.title)}</a> › {line.monitor}{' '}
        <Badge state={line.state} fact={line.stateFact} timezone={timezone} />
      </h1>
      <p class="result">
        <Result line={line} timezone={timezone} />
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <ReadAgain view={view} refresh={refresh} />
      <Facts line={line} timezone={timezone} />
      <Jobs jobs={jobs} timezone={timezone} />
      {/* What is to be done comes before how it came about: also on a small screen. */}
      {records !== null && (jobs.length === 0 || records.total > 0) && (
        <Records records={records} timezone={timezone} />
      )}
      <Chart view={view} history={history} range={range} />
      <Notes notes={line.notes} />
      <Statements statements={statements} />
    </div>
  );
}

/** The page of one monitor at one company: its open records with what to do about each. */
export function renderMonitor(
  page: PageContext,
  view: MonitorView,
  { assets, ...rest }: Omit<MonitorProps, 'view'> & { readonly assets: AssetLinks },
): string {
  const title = `${view.card.title} › ${view.line.monitor}`;
  return renderPage(
    page,
    { title, environment: view.environment, assets, hasChart: rest.history !== undefined },
    <Monitor view={view} {...rest} />,
  );
}
