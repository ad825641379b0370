import type { MonitorStateName } from '../../judgement.ts';
import type { Texts } from '../../known-errors/catalogue.ts';
import type { Instant } from '../../time.ts';
import type { AssetLinks } from '../assets.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { Badge, Time, translated } from './parts.tsx';

/** How a flow stands, for everybody. */
interface Flow {
  readonly name: Texts;
  readonly state: MonitorStateName;
  readonly message: Texts | null;
  readonly since: Instant | null;
}

interface Change extends Omit<Flow, 'name' | 'since'> {
  readonly id: string;
  readonly at: Instant;
  readonly company: Texts;
  readonly flow: Texts;
}

/** What the page of the public view shows. */
interface PublicStatus {
  readonly title: Texts;
  readonly companies: readonly { readonly name: Texts; readonly flows: readonly Flow[] }[];
  readonly changes: readonly Change[];
}

function StateBadge({ state }: { readonly state: MonitorStateName }) {
  const { timezone } = usePage();
  return <Badge state={state} fact={{ message: `state.${state}`, values: {} }} timezone={timezone} />;
}

function FlowItem({ flow: { name, state, message, since } }: { readonly flow: Flow }) {
  const page = usePage();
  return (
    <li>
      <h3>
        {translated(page, name)} <StateBadge state={state} />
      </h3>
      {message !== null && <p>{translated(page, message)}</p>}
      {since !== null && (
        <p class="quiet">
          {page.t.text('label.since')} <Time at={since} timezone={page.timezone} />
        </p>
      )}
    </li>
  );
}

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const page = usePage();
  const { t, prefix, timezone } = page;
  return (
    <section>
      <h2>{t.text('status.changes')}</h2>
      {changes.length === 0 && <p>{t.text('status.no_changes')}</p>}
      <ul class="status">
        {changes.map(({ id, at, company, flow, state, message }) => (
          <li key={id}>
            <Time at={at} timezone={timezone} /> {translated(page, company)}, {translated(page, flow)}{' '}
            <StateBadge state={state} />
            {message !== null && <p>{translated(page, message)}</p>}
          </li>
        ))}
      </ul>
      <p>
        <a href={`${prefix}/status.rss?lang=${t.language}`}>RSS</a> <a href={`${prefix}/status.json`}>JSON</a>
      </p>
    </section>
  );
}

/** The gravest first, as everybody should see them. */
const byGravity: readonly MonitorStateName[] = ['critical', 'warning', 'no_data', 'maintenance', 'closed'];

/** What colour a card has: that of its gravest flow. */
function worstOf(flows: readonly Flow[]): MonitorStateName {
  return byGravity.find((state) => flows.some((flow) => flow.state === state)) ?? 'ok';
}

function StatusContent({ status: { title, companies, changes } }: { readonly status: PublicStatus }) {
  const page = usePage();
  return (
    <div id="live" hx-get={page.here.pathname} hx-trigger="every 30s" hx-select="#live" hx-swap="outerMorph">
      <h1>{translated(page, title)}</h1>
      {companies.map(({ name, flows }, index) => (
        <section key={index} class={`card ${worstOf(flows)}`}>
          <h2>{translated(page, name)}</h2>
          <ul class="status">
            {flows.map((flow, place) => (
              <FlowItem key={place} flow={flow} />
            ))}
          </ul>
        </section>
      ))}
      <Changes changes={changes} />
    </div>
  );
}

/** The page of the public view: states and hand-written texts, without a way to the other pages. */
export function renderStatus(page: PageContext, status: PublicStatus, assets: AssetLinks): string {
  const frame = { title: translated(page, status.title), environment: '', assets, isPublic: true };
  return renderPage(page, frame, <StatusContent status={status} />);
}
