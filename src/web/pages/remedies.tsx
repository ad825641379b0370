import type { AssetLinks } from '../assets.ts';
import type { RemediesView } from '../view/remedies.ts';
import type { RecordLine } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { CsrfField } from './forms.tsx';
import { renderPage } from './layout.tsx';
import { monitorPath } from './links.ts';
import { Time, closed } from './parts.tsx';

type Line = RemediesView['lines'][number];
type Attempt = NonNullable<RemediesView['attempts']>[number];

interface ChangeProps {
  readonly what: 'pause' | 'resume';
  /** Of all, when absent. */
  readonly remedy?: string;
}

/** The button that stops remedies, or lets them go on: a plain form. */
function Change({ what, remedy }: ChangeProps) {
  const { t, prefix } = usePage();
  const verb = what === 'pause' ? 'stop' : 'go_on';
  return (
    <form method="post" action={`${prefix}/remedies/${what}`}>
      <CsrfField />
      {remedy !== undefined && <input type="hidden" name="remedy" value={remedy} />}
      <button aria-label={remedy === undefined ? undefined : `${t.text(`remedy.${verb}`)}: ${remedy}`}>
        {t.text(remedy === undefined ? `remedy.${verb}_all` : `remedy.${verb}`)}
      </button>
    </form>
  );
}

function stateText({ t, timezone, now }: PageContext, { state, pause, stoppedUntil }: Line): string {
  const at = (instant: number | null | undefined) => (instant ? t.time(instant, timezone, now) : '');
  if (state === 'paused') return t.text('remedy.state.paused', { by: pause?.by ?? '', at: at(pause?.at) });
  if (state === 'stopped') return t.text('remedy.state.stopped', { at: at(stoppedUntil) });
  return t.text(`remedy.state.${state}`);
}

function RemedyRow({ line, mayStop }: { readonly line: Line; readonly mayStop: boolean }) {
  const page = usePage();
  const { t } = page;
  const { name, spent, perHour, success, state, order } = line;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{stateText(page, line)}</td>
      <td>
        {t.text('remedy.spent_of', { spent, most: perHour })}
        {success.of > 0 && `, ${t.text('remedy.worked', success)}`}
      </td>
      <td>
        <code>{order}</code>
      </td>
      <td>{mayStop && <Change what={state === 'paused' ? 'resume' : 'pause'} remedy={name} />}</td>
    </tr>
  );
}

function AttemptRow({ attempt }: { readonly attempt: Attempt }) {
  const { t, timezone, prefix } = usePage();
  const { at, remedy, company, monitor, record, note, state, order, by } = attempt;
  return (
    <tr>
      <td>
        <Time at={at} timezone={timezone} />
      </td>
      <th scope="row">
        <a href={monitorPath(prefix, company, monitor)}>{record}</a> <span class="quiet">{company}</span>
      </th>
      <td>{remedy}</td>
      <td>
        {note === '' ? state : note}
        {by !== null && (
          <>
            {' '}
            <span class="quiet">
              {t.text('relaunch.by', { by: by === '' ? t.text('relaunch.somebody') : closed(by) })}
            </span>
          </>
        )}
      </td>
      <td>
        <code>{order}</code>
      </td>
    </tr>
  );
}

function Head({
  keys,
}: {
  readonly keys: readonly ('name' | 'state' | 'spent' | 'order' | 'at' | 'record' | 'answer')[];
}) {
  const { t } = usePage();
  return (
    <thead>
      <tr>
        {keys.map((key) => (
          <th scope="col">{t.text(`remedy.${key}`)}</th>
        ))}
      </tr>
    </thead>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const { t } = usePage();
  return (
    <section>
      <h2>{t.text('remedy.attempts')}</h2>
      {attempts.length === 0 ? (
        <p>{t.text('remedy.no_attempts')}</p>
      ) : (
        <table>
          <Head keys={['at', 'record', 'name', 'answer', 'order']} />
          <tbody>
            {attempts.map((attempt) => (
              <AttemptRow attempt={attempt} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Body({ view }: { readonly view: RemediesView }) {
  const { t } = usePage();
  const { lines, problem, attempts, mayStop } = view;
  if (lines.length === 0) return <p>{t.text('remedy.none')}</p>;
  const isPaused = lines.every(({ state }) => state === 'paused');
  return (
    <>
      {problem !== '' && (
        <p class="problem" role="alert">
          {t.text('remedy.problem', { problem })}
        </p>
      )}
      {mayStop && <Change what={isPaused ? 'resume' : 'pause'} />}
      <table>
        <Head keys={['name', 'state', 'spent', 'order']} />
        <tbody>
          {lines.map((line) => (
            <RemedyRow line={line} mayStop={mayStop} />
          ))}
        </tbody>
      </table>
      {attempts !== null && <Attempts attempts={attempts} />}
    </>
  );
}

interface RelaunchProps {
  readonly record: RecordLine;
  readonly relaunch: NonNullable<RecordLine['relaunch']>;
  readonly timezone: string;
}

/** The last attempt that somebody ordered, and the way to order one: it opens first, since it acts on another system. */
export function Relaunch({ record, relaunch, timezone }: RelaunchProps) {
  const { t, prefix, now } = usePage();
  const { last, standing, isAllowed, remedy } = relaunch;
  const at = (instant: number) => t.time(instant, timezone, now);
  const until = standing.until === undefined ? '' : at(standing.until);
  return (
    <>
      {last !== null && (
        <div>
          {t.text('relaunch.last', {
            by: last.by === '' ? t.text('relaunch.somebody') : closed(last.by),
            at: at(last.at),
            answer: last.answer || '–',
          })}
        </div>
      )}
      {standing.reason !== 'due' && record.remedy === null && (
        <div>{t.text(`remedy.next.${standing.reason}`, { at: until, attempts: 0 })}</div>
      )}
      {standing.reason === 'due' && isAllowed && (
        <details>
          <summary>{t.text('relaunch.button')}</summary>
          <form method="post" action={`${monitorPath(prefix, record.company, record.monitor)}/relaunch`}>
            <CsrfField />
            <input type="hidden" name="record" value={record.record} />
            <div>{t.text('relaunch.what', { remedy: closed(remedy) })}</div>
            <button aria-label={`${t.text('relaunch.now')}: ${record.record}`}>
              {t.text('relaunch.now')}
            </button>
          </form>
        </details>
      )}
    </>
  );
}

/** The remedies, how they stand, and what they tried last. */
export function renderRemedies(
  page: PageContext,
  view: RemediesView,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const title = page.t.text('remedy.title');
  return renderPage(
    page,
    { title, environment, assets },
    <div id="live">
      <h1>{title}</h1>
      <Body view={view} />
    </div>,
  );
}
