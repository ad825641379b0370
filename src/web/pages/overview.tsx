import type { Company } from '../../config/config.ts';
import { circumstancesAt, judgementsOf } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import type { OpenRecord } from '../../monitors/contract.ts';
import type { DatabaseStatus, Snapshot } from '../../poll/snapshot.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import type { Instant } from '../../time.ts';
import type { AssetLinks } from '../assets.ts';
import { renderPage } from './layout.tsx';
import { Badge, SafeLink, TimeAgo, wallTime } from './parts.tsx';

export interface OverviewContext {
  readonly now: Instant;
  /** Zone for times that belong to no company. */
  readonly timezone: string;
  readonly version: string;
  readonly routePrefix: string;
  readonly assets: AssetLinks;
}

interface RecordProps {
  readonly record: OpenRecord;
  readonly now: Instant;
  readonly timezone: string;
}

function RecordItem({ record, now, timezone }: RecordProps) {
  const why = [record.call, record.code, record.error].filter((text) => text !== '').join(' · ');
  return (
    <li>
      {record.state} <SafeLink address={record.url} text={record.record} />
      {record.since !== null && (
        <>
          , <TimeAgo at={record.since} now={now} timezone={timezone} />
        </>
      )}
      {why !== '' && `: ${why}`}
    </li>
  );
}

interface TaskProps {
  readonly task: TaskStatus;
  readonly company: Company;
  readonly now: Instant;
}

/** The failed and late records of a company, folded away; as many as the monitor lists. */
function RecordList({ task, company, now }: TaskProps) {
  const records = (task.reading?.records ?? []).filter((record) => record.company === company.name);
  if (records.length === 0) return null;
  return (
    <details>
      <summary>Records</summary>
      <ul>
        {records.map((record) => (
          <RecordItem key={record.record} record={record} now={now} timezone={company.timezone} />
        ))}
      </ul>
    </details>
  );
}

function Notes({ task: { reading } }: { readonly task: TaskStatus }) {
  const truncated = reading?.truncated === true ? ['More rows than max_rows: at least this many.'] : [];
  return (
    <>
      {[...truncated, ...(reading?.notes ?? [])].map((note) => (
        <div key={note} class="note">
          {note}
        </div>
      ))}
    </>
  );
}

/** A task with how it stands at each of its companies. */
interface JudgedTask {
  readonly task: TaskStatus;
  readonly judgement: (company: string) => Judgement;
}

interface MonitorProps extends TaskProps {
  readonly judgement: Judgement;
}

function MonitorRow({ task, judgement: { state, text }, company, now }: MonitorProps) {
  return (
    <tr>
      <td>
        <Badge state={state} />
      </td>
      <td>{task.monitor.name}</td>
      <td>{task.monitor.flow}</td>
      <td class="problem">
        {text}
        <Notes task={task} />
        <RecordList task={task} company={company} now={now} />
      </td>
      <td class="time">
        {task.lastSuccess === null ? (
          'never'
        ) : (
          <TimeAgo at={task.lastSuccess} now={now} timezone={company.timezone} />
        )}
      </td>
    </tr>
  );
}

interface CompanyProps {
  readonly company: Company;
  readonly served: readonly JudgedTask[];
  readonly now: Instant;
}

function CompanySection({ company, served, now }: CompanyProps) {
  return (
    <section>
      <h2>
        {company.title}
        {company.project !== '' && <small> {company.project}</small>}
      </h2>
      <table class="monitors">
        <thead>
          <tr>
            {['State', 'Monitor', 'Flow', 'Result', 'Data from'].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {served.map(({ task, judgement }) => (
            <MonitorRow
              key={task.key}
              task={task}
              judgement={judgement(company.name)}
              company={company}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How far a clock may be off; ErpDatabaseClockSkew has the same limit. */
const mostSkewSeconds = 60;

function databaseJudgement({ up, clockSkewSeconds, problem }: DatabaseStatus): Judgement {
  if (!up)
    return problem === ''
      ? { state: 'no_data', text: 'Not tried yet' }
      : { state: 'critical', text: problem };
  if (clockSkewSeconds === null) return { state: 'ok', text: 'OK' };
  const clock = `clock ${clockSkewSeconds.toFixed(2)} s off`;
  return Math.abs(clockSkewSeconds) > mostSkewSeconds
    ? { state: 'warning', text: clock }
    : { state: 'ok', text: `OK, ${clock}` };
}

function DatabaseSection({ databases }: { readonly databases: readonly DatabaseStatus[] }) {
  return (
    <section>
      <h2>Databases</h2>
      <table>
        <thead>
          <tr>
            {['State', 'Name', 'Driver', ''].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {databases.map((database) => {
            const { state, text } = databaseJudgement(database);
            return (
              <tr key={database.name}>
                <td>
                  <Badge state={state} />
                </td>
                <td>{database.name}</td>
                <td>{database.driver}</td>
                <td class="problem">{text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The page at `/`: companies and their monitors, with their state and the time of their data. Pure. */
export function renderOverview(snapshot: Snapshot, context: OverviewContext): string {
  const { now, timezone, version, routePrefix, assets } = context;
  const circumstances = circumstancesAt(now, snapshot.maintenance);
  // As mails have it.
  const title = `${snapshot.environment === '' ? '' : `[${snapshot.environment}] `}erp-exporter`;
  const tasks = [...snapshot.tasks.values()]
    .sort((a, b) => a.monitor.name.localeCompare(b.monitor.name, 'en'))
    .map((task) => ({ task, judgement: judgementsOf(task, circumstances) }));
  const sections = snapshot.companies
    .map((company) => ({
      company,
      served: tasks.filter(({ task }) => task.companies.includes(company.name)),
    }))
    .filter(({ served }) => served.length > 0);
  return renderPage(
    { title, language: 'en', assets },
    <>
      <h1>{title}</h1>
      <p>
        <a href={`${routePrefix}/metrics`}>Metrics</a>
      </p>
      {sections.map(({ company, served }) => (
        <CompanySection key={company.name} company={company} served={served} now={now} />
      ))}
      <DatabaseSection databases={[...snapshot.databases.values()]} />
      <footer>
        Version {version}. Generated at {wallTime(now, timezone)} ({timezone}); reload for newer values.
      </footer>
    </>,
  );
}
