import type { AssetLinks } from '../assets.ts';
import type { CompanyCard, DatabaseLine, Fact, MonitorLine, Need, OverviewView } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { companyPath, monitorPath } from './links.ts';
import { failureText } from './monitor-line.tsx';
import { Amounts, Badge, Columns, Detail, Responders, Scroll, Time, closed, factText } from './parts.tsx';

/** Most things that the answer names; fewer on a wall, which has every company below it. */
const mostNamed = { page: 5, wall: 3 } as const;

function NeedItem({ need }: { readonly need: Need }) {
  const { t, now, prefix } = usePage();
  const { company, title, flow, monitor, since, timezone, responders } = need;
  return (
    <li>
      <a href={monitorPath(prefix, company, monitor)}>{closed(`${title}: ${flow}`)}</a>
      {since !== null && ` ${t.text('answer.since', { at: t.time(since, timezone, now) })}`}
      {responders.length > 0 && (
        <>
          {' – '}
          <Responders responders={responders} />
        </>
      )}
    </li>
  );
}

function Needs({ needs, most }: { readonly needs: readonly Need[]; readonly most: number }) {
  const { t } = usePage();
  return (
    <ul>
      {needs.slice(0, most).map((need) => (
        <NeedItem key={`${need.company} ${need.monitor}`} need={need} />
      ))}
      {needs.length > most && <li>{t.text('answer.more', { count: needs.length - most })}</li>}
    </ul>
  );
}

interface OverviewProps {
  readonly view: OverviewView;
  /** For a screen on a wall: readable from across the room. */
  readonly isWall: boolean;
}

/** Is everything all right? If not: what, since when, whose turn. */
function Answer({ view: { needs, unknown, companies }, isWall }: OverviewProps) {
  const { t } = usePage();
  const most = isWall ? mostNamed.wall : mostNamed.page;
  const worst = needs[0]?.state ?? (unknown.length > 0 || companies.length === 0 ? 'no_data' : 'ok');
  return (
    <section class={`answer ${worst}`} aria-live="polite">
      {needs.length > 0 && (
        <div>
          <h1>{t.text('answer.needs', { count: needs.length })}</h1>
          <Needs needs={needs} most={most} />
        </div>
      )}
      {unknown.length > 0 && (
        <div>
          <h1>{t.text('answer.unknown', { count: unknown.length })}</h1>
          <Needs needs={unknown} most={most} />
        </div>
      )}
      {needs.length + unknown.length === 0 && (
        <h1>{t.text(companies.length === 0 ? 'answer.nothing_watched' : 'answer.all_right')}</h1>
      )}
    </section>
  );
}

/** The figures of a company, as the widget has them. */
export function CompanyFigures({ card }: { readonly card: CompanyCard }) {
  const { t } = usePage();
  const { timezone, totals } = card;
  return (
    <dl class="figures">
      {card.syncsToday !== null && (
        <>
          <Detail name="label.last_sync">
            <Time at={card.lastSync} timezone={timezone} />
          </Detail>
          <Detail name="label.syncs_today">{t.number(card.syncsToday)}</Detail>
        </>
      )}
      <Detail name="label.not_ok_today">{t.number(totals.notOkToday)}</Detail>
      <Detail name="label.not_ok">{t.number(totals.failed)}</Detail>
      <Detail name="label.late">{t.number(totals.late)}</Detail>
      <Detail name="label.missing">
        {t.number(totals.mismatched)}
        {totals.mismatchedValue.length > 0 && (
          <>
            {' '}
            <Amounts amounts={totals.mismatchedValue} />
          </>
        )}
      </Detail>
      <Detail name="label.at_risk">
        <Amounts amounts={totals.atRisk} />
      </Detail>
      <Detail name="label.turn">
        <Responders responders={card.responders} />
      </Detail>
      <Detail name="label.data_from">
        <Time at={card.dataFrom} timezone={timezone} />
      </Detail>
      {card.project !== '' && <Detail name="label.project">{card.project}</Detail>}
    </dl>
  );
}

/** Figures that say how much has gone well, or when: they do not explain what is wrong. */
const good: readonly Fact['message'][] = [
  'figure.failed_today',
  'figure.waiting',
  'figure.last_finished',
  'figure.syncs_today',
  'figure.jobs',
  'figure.verified_through',
  'figure.detection',
  'figure.series',
];

/** What is wrong, in short: the figures that say so; why nothing was read, or the judgement itself for a kind whose figures nobody described. */
function inShort(page: PageContext, line: MonitorLine, timezone: string): string {
  if (line.figures.length === 0) return failureText(page, line) || line.text;
  return line.figures
    .filter(({ message, values }) => !good.includes(message) && values['count'] !== 0)
    .map((figure) => factText(page, figure, timezone))
    .join(', ');
}

function MonitorStates({ card }: { readonly card: CompanyCard }) {
  const page = usePage();
  const wrong = card.monitors.filter(({ state }) => ['critical', 'warning', 'no_data'].includes(state));
  if (wrong.length === 0) return null;
  return (
    <ul class="wrong">
      {wrong.map((line) => (
        <li key={line.monitor}>
          <Badge state={line.state} fact={line.stateFact} timezone={card.timezone} />{' '}
          <a href={monitorPath(page.prefix, card.company, line.monitor)}>{closed(line.flow)}</a>{' '}
          <span class="quiet">{inShort(page, line, card.timezone)}</span>
        </li>
      ))}
    </ul>
  );
}

function Card({ card }: { readonly card: CompanyCard }) {
  const { prefix } = usePage();
  return (
    <article class={`card ${card.state}`}>
      <h2>
        <a href={companyPath(prefix, card.company)}>{closed(card.title)}</a>{' '}
        <Badge state={card.state} fact={card.stateFact} timezone={card.timezone} />
      </h2>
      <MonitorStates card={card} />
      <CompanyFigures card={card} />
    </article>
  );
}

function Cards({ cards }: { readonly cards: readonly CompanyCard[] }) {
  const { t } = usePage();
  const isFine = ({ state }: CompanyCard) => state === 'ok' || state === 'closed' || state === 'maintenance';
  const wrong = cards.filter((card) => !isFine(card));
  const fine = cards.filter(isFine);
  const list = (some: readonly CompanyCard[]) => (
    <div class="cards">
      {some.map((card) => (
        <Card key={card.company} card={card} />
      ))}
    </div>
  );
  return (
    <>
      {wrong.length > 0 && list(wrong)}
      {fine.length > 0 && (
        <details class="fine" open={wrong.length === 0}>
          <summary>{t.text('label.fine', { count: fine.length })}</summary>
          {list(fine)}
        </details>
      )}
    </>
  );
}

function databaseText({ t }: PageContext, { state, problem, clockSkewSeconds }: DatabaseLine): string {
  if (problem !== '') return problem;
  if (state === 'no_data') return t.text('text.not_tried');
  if (clockSkewSeconds === null) return '';
  return t.text('text.clock_off', { seconds: t.number(Math.round(clockSkewSeconds * 100) / 100) });
}

function Databases({ databases }: { readonly databases: readonly DatabaseLine[] }) {
  const page = usePage();
  if (databases.length === 0) return null;
  return (
    <section>
      <h2>{page.t.text('label.databases')}</h2>
      <Scroll name="label.databases">
        <table>
          <Columns names={['label.state', 'label.database', 'label.driver', 'label.result']} />
          <tbody>
            {databases.map((database) => (
              <tr key={database.name}>
                <td>
                  <Badge
                    state={database.state}
                    fact={{ message: `state.${database.state}`, values: {} }}
                    timezone={page.timezone}
                  />
                </td>
                <th scope="row">{database.name}</th>
                <td>{database.driver}</td>
                <td class="result">{databaseText(page, database)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

/** A company on a wall screen: its name and how it stands, nothing else. */
function Tile({ card }: { readonly card: CompanyCard }) {
  const { prefix } = usePage();
  return (
    <a class={`tile ${card.state}`} href={companyPath(prefix, card.company)}>
      <strong title={card.title}>{card.title}</strong>
      <Badge state={card.state} fact={card.stateFact} timezone={card.timezone} />
    </a>
  );
}

/** The page at `/`. */
export function renderOverview(
  page: PageContext,
  view: OverviewView,
  { assets, isWall }: Pick<OverviewProps, 'isWall'> & { readonly assets: AssetLinks },
): string {
  const title = page.t.text('nav.overview');
  return renderPage(
    page,
    { title, environment: view.environment, assets, isWall },
    <div
      id="live"
      hx-get={`${page.here.pathname}${page.here.search}`}
      hx-trigger="every 15s"
      hx-select="#live"
      hx-swap="outerMorph"
    >
      <Answer view={view} isWall={isWall} />
      {isWall ? (
        <div class="tiles">
          {view.companies.map((card) => (
            <Tile key={card.company} card={card} />
          ))}
        </div>
      ) : (
        <>
          <Cards cards={view.companies} />
          <Databases databases={view.databases} />
        </>
      )}
    </div>,
  );
}
