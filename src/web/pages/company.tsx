import type { MessageKey } from '../../texts/messages.ts';
import type { AssetLinks } from '../assets.ts';
import type { HistoryDays, HistoryView } from '../view/history.ts';
import type { CompanyCard } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { MonitorRow } from './monitor-line.tsx';
import { CompanyFigures } from './overview.tsx';
import { Badge, Columns, Scroll, closed } from './parts.tsx';
import { Ranges, daysLabel } from './ranges.tsx';
import type { Range } from './ranges.tsx';

interface CompanyProps {
  readonly card: CompanyCard;
  /** What a monitor looked like. */
  readonly history: (monitor: string) => HistoryView | undefined;
  /** Of which days that is; undefined: the last day, and there is nothing to choose from. */
  readonly range: Range | undefined;
}

const columns = (days: HistoryDays): readonly MessageKey[] => [
  'label.state',
  'label.monitor',
  'label.result',
  daysLabel(days),
  'label.since',
  'label.turn',
  'label.data_from',
];

function Company({ card, history, range }: CompanyProps) {
  const { here } = usePage();
  return (
    <div
      id="live"
      hx-get={`${here.pathname}${here.search}`}
      hx-trigger="every 15s"
      hx-select="#live"
      hx-swap="outerMorph"
    >
      <h1>
        <bdi>{closed(card.title)}</bdi>{' '}
        <Badge state={card.state} fact={card.stateFact} timezone={card.timezone} />
      </h1>
      <CompanyFigures card={card} />
      <Ranges range={range} />
      <Scroll name="label.monitor">
        <table class="monitors">
          <Columns names={columns(range?.days ?? 1)} />
          <tbody>
            {card.monitors.map((line) => (
              <MonitorRow
                key={line.monitor}
                line={line}
                history={history(line.monitor)}
                timezone={card.timezone}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

/** The page of a company: its monitors, what is wrong first. */
export function renderCompany(
  page: PageContext,
  card: CompanyCard,
  {
    assets,
    environment,
    ...rest
  }: Omit<CompanyProps, 'card'> & { readonly assets: AssetLinks; readonly environment: string },
): string {
  return renderPage(page, { title: card.title, environment, assets }, <Company card={card} {...rest} />);
}
