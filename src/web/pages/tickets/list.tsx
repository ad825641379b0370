import type { AssetLinks } from '../../assets.ts';
import type { BuiltinLine } from '../../../tickets/builtin/ticket.ts';
import type { TicketListView } from '../../view/tickets.ts';
import { usePage } from '../context.ts';
import type { PageContext } from '../context.ts';
import { renderPage } from '../layout.tsx';
import { Cell, Columns, Scroll, Time, closed } from '../parts.tsx';

/** The address of a list. */
function listPath(prefix: string, view: { isOpen: boolean; company: string; after?: string }): string {
  const query = new URLSearchParams({ state: view.isOpen ? 'open' : 'closed' });
  if (view.company !== '') query.set('company', view.company);
  if (view.after !== undefined) query.set('after', view.after);
  return `${prefix}/tickets?${query.toString()}`;
}

function Filter({ view }: { readonly view: TicketListView }) {
  const { t, prefix } = usePage();
  return (
    <form class="ticket-filter" action={`${prefix}/tickets`}>
      <select name="state" aria-label={t.text('label.state')}>
        <option value="open" selected={view.isOpen}>
          {t.text('ticket.show_open')}
        </option>
        <option value="closed" selected={!view.isOpen}>
          {t.text('ticket.show_closed')}
        </option>
      </select>
      <select name="company" aria-label={t.text('label.company')}>
        <option value="">{t.text('ticket.all_companies')}</option>
        {view.companies.map(({ company, title }) => (
          <option key={company} value={company} selected={company === view.company}>
            {title}
          </option>
        ))}
      </select>
      <button>{t.text('ticket.filter')}</button>
    </form>
  );
}

function Line({
  line,
  titles,
}: {
  readonly line: BuiltinLine;
  readonly titles: ReadonlyMap<string, string>;
}) {
  const { t, prefix, timezone } = usePage();
  return (
    <tr>
      <Cell name="ticket.number">
        <a href={`${prefix}/tickets/${line.id}`}>{line.id}</a>
      </Cell>
      <Cell name="ticket.title">
        <a href={`${prefix}/tickets/${line.id}`}>
          <bdi>{closed(line.title)}</bdi>
        </a>{' '}
        {line.isCritical && line.state === 'open' && (
          <span class="state critical">{t.text('ticket.severity_critical')}</span>
        )}
      </Cell>
      <Cell name="label.company">{titles.get(line.company) ?? line.company}</Cell>
      <Cell name="label.state">{t.text(`ticket.state_${line.state}`)}</Cell>
      <Cell name="ticket.assignee">
        {line.assignee === '' ? (
          <span class="quiet">{t.text('ticket.nobody')}</span>
        ) : (
          <bdi>{line.assignee}</bdi>
        )}
      </Cell>
      <Cell name="ticket.created">
        <Time at={line.createdAt} timezone={timezone} />
      </Cell>
      <Cell name="ticket.changed">
        <Time at={line.changedAt} timezone={timezone} />
      </Cell>
    </tr>
  );
}

const columns = [
  'ticket.number',
  'ticket.title',
  'label.company',
  'label.state',
  'ticket.assignee',
  'ticket.created',
  'ticket.changed',
] as const;

/** The list of tickets, the newest first. */
export function renderTickets(
  page: PageContext,
  view: TicketListView,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const { t, prefix } = page;
  const title = t.text('ticket.nav');
  const titles = new Map(view.companies.map((each) => [each.company, each.title]));
  return renderPage(
    page,
    { title, environment, assets },
    <>
      <h1>{title}</h1>
      <Filter view={view} />
      {view.items.length === 0 ? (
        <p>{t.text('ticket.none')}</p>
      ) : (
        <Scroll name="ticket.nav">
          <table class="monitors ticket-list">
            <Columns names={columns} />
            <tbody>
              {view.items.map((line) => (
                <Line key={line.id} line={line} titles={titles} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label={title}>
        {!view.isFirst && <a href={listPath(prefix, view)}>{t.text('nav.first')}</a>}{' '}
        {view.next !== null && (
          <a href={listPath(prefix, { ...view, after: view.next })}>{t.text('nav.next')}</a>
        )}
      </nav>
    </>,
  );
}
