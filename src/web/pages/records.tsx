import type { MessageKey } from '../../texts/messages.ts';
import { triedText } from '../../remedies/tried.ts';
import type { RecordLine, RecordOrder, RecordPage } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { recordParameters } from './links.ts';
import { Relaunch } from './remedies.tsx';
import { Amounts, Detail, SafeLink, Time, closed, responderName, translated } from './parts.tsx';

/** How a record stands, in words. */
export function recordState({ t }: PageContext, record: RecordLine): string {
  if (record.isAwaitingRetry) return t.text('record.retry');
  return t.text(`record.${record.state}`, {
    left: record.sides?.left ?? '',
    right: record.sides?.right ?? '',
  });
}

const actions: Readonly<Partial<Record<RecordLine['state'], MessageKey>>> = {
  late: 'text.late_action',
  missing_left: 'text.missing_action',
  missing_right: 'text.missing_action',
  failed: 'text.unknown_error',
};

/** What to do about a record: what the catalogue says, else what holds for all records that stand so. */
export function actionText(page: PageContext, record: RecordLine): string {
  if (record.action !== null) return translated(page, record.action);
  const general = actions[record.state];
  return general === undefined ? '' : page.t.text(general);
}

/** What a remedy has tried on a record, and what it will do. */
function remedyText(
  { t, now }: PageContext,
  remedy: NonNullable<RecordLine['remedy']>,
  timezone: string,
): string {
  const { standing, tries, attempts, isDryRun } = remedy;
  const dry = isDryRun ? t.text('remedy.dry', { tries }) : '';
  const tried = triedText(t, remedy, { timezone, now });
  const at = standing.until === undefined ? '' : t.time(standing.until, timezone, now);
  const next = t.text(`remedy.next.${standing.reason}`, { at, attempts });
  return `${closed(remedy.remedy)}: ${[dry, tried, next].filter((part) => part !== '').join('; ')}`;
}

/** Whether there is anything to tell of trying it by hand. */
const mayBeRelaunched = ({ relaunch, remedy }: RecordLine): boolean =>
  relaunch !== null &&
  (relaunch.last !== null || (relaunch.standing.reason === 'due' ? relaunch.isAllowed : remedy === null));

function Sides({ record }: { readonly record: RecordLine }) {
  const { sides } = record;
  if (record.left === '' && record.right === '') return null;
  return (
    <dl class="sides">
      {[
        { side: sides?.left ?? '', text: record.left },
        { side: sides?.right ?? '', text: record.right },
      ]
        .filter(({ text }) => text !== '')
        .map(({ side, text }) => (
          <div class="detail" key={side}>
            <dt>{side}</dt>
            <dd>
              <code>{text}</code>
            </dd>
          </div>
        ))}
    </dl>
  );
}

function ErrorTexts({ record }: { readonly record: RecordLine }) {
  const page = usePage();
  const { call, code } = record;
  return (
    <>
      {call + code !== '' && (
        <div class="call">
          <bdi>{closed(call)}</bdi>
          {call !== '' && code !== '' && ' → '}
          <bdi>{closed(code)}</bdi>
        </div>
      )}
      {record.error !== '' && record.left === '' && record.right === '' && <code>{record.error}</code>}
      {record.trace !== '' && (
        <details class="trace">
          <summary>{page.t.text('label.trace')}</summary>
          <pre>{record.trace}</pre>
        </details>
      )}
    </>
  );
}

interface RecordProps {
  readonly record: RecordLine;
  readonly timezone: string;
}

/** What remedies did and will do about a record, and what the reader may have them do. */
function Remedied({ record, timezone }: RecordProps) {
  const page = usePage();
  const { remedy, relaunch } = record;
  return (
    <>
      {remedy !== null && <Detail name="remedy.name">{remedyText(page, remedy, timezone)}</Detail>}
      {relaunch !== null && mayBeRelaunched(record) && (
        <Detail name="relaunch.name">
          <Relaunch record={record} relaunch={relaunch} timezone={timezone} />
        </Detail>
      )}
    </>
  );
}

/** A record as a block: what it is, what happened, what it means, what to do and who does it. */
export function RecordItem({ record, timezone }: RecordProps) {
  const page = usePage();
  const action = actionText(page, record);
  return (
    <li class={`record ${record.state}`}>
      <h3>
        <SafeLink address={record.url}>{record.record === '' ? '–' : closed(record.record)}</SafeLink>{' '}
        <span class="tag">{recordState(page, record)}</span>
        {record.money !== null && (
          <>
            {' '}
            <Amounts amounts={[record.money]} />
          </>
        )}{' '}
        {record.since !== null && <Time at={record.since} timezone={timezone} />}
      </h3>
      {record.title !== null && <p class="title">{translated(page, record.title)}</p>}
      <ErrorTexts record={record} />
      <Sides record={record} />
      <dl>
        {record.meaning !== null && <Detail name="label.meaning">{translated(page, record.meaning)}</Detail>}
        {action !== '' && record.state !== 'waiting' && (
          <Detail name="label.action">
            <strong>{action}</strong>
          </Detail>
        )}
        {record.responder !== '' && record.state !== 'waiting' && (
          <Detail name="label.first_responder">{responderName(page, record.responder)}</Detail>
        )}
        <Remedied record={record} timezone={timezone} />
      </dl>
    </li>
  );
}

const orders: readonly { readonly order: RecordOrder; readonly name: MessageKey }[] = [
  { order: 'urgency', name: 'order.urgency' },
  { order: 'since', name: 'label.since' },
  { order: 'record', name: 'label.record' },
  { order: 'amount', name: 'label.amount' },
];

function SearchForm({ records: { query } }: { readonly records: RecordPage }) {
  const { t, here } = usePage();
  return (
    <form
      class="search"
      action={here.pathname}
      hx-get={here.pathname}
      hx-trigger="input delay:300ms, submit"
      hx-target="#records"
      hx-select="#records"
      hx-swap="outerMorph"
      hx-push-url="true"
    >
      <label>
        {t.text('label.search')} <input type="search" name="search" value={query.search} />
      </label>{' '}
      <label>
        {t.text('label.order')}{' '}
        <select name="order">
          {orders.map(({ order, name }) => (
            <option key={order} value={order} selected={order === query.order}>
              {t.text(name)}
            </option>
          ))}
        </select>
      </label>{' '}
      <button>{t.text('label.search')}</button>
    </form>
  );
}

function Pages({ records: { query, total, items } }: { readonly records: RecordPage }) {
  const { t, here } = usePage();
  const to = (offset: number) => `${here.pathname}${recordParameters({ ...query, offset })}`;
  const end = query.offset + items.length;
  return (
    <p class="pages">
      {t.text('text.shown', { from: query.offset + 1, to: end, total })}{' '}
      {query.offset > 0 && <a href={to(0)}>{t.text('nav.first')}</a>}{' '}
      {end < total && <a href={to(end)}>{t.text('nav.next')}</a>}{' '}
      <a href={`${here.pathname}/records.csv${recordParameters({ ...query, offset: 0 })}`} download>
        {t.text('nav.csv')}
      </a>
    </p>
  );
}

interface RecordsProps {
  readonly records: RecordPage;
  readonly timezone: string;
}

/** The open records: searchable, sorted and in pages. */
export function Records({ records, timezone }: RecordsProps) {
  const { t } = usePage();
  const { items, query } = records;
  const isSearched = query.search !== '';
  return (
    <section>
      <h2>{t.text('label.records')}</h2>
      {(isSearched || items.length > 0) && <SearchForm records={records} />}
      <div id="records">
        {items.length === 0 ? (
          <p>{isSearched ? t.text('text.no_match', { search: query.search }) : t.text('text.no_records')}</p>
        ) : (
          <>
            <Pages records={records} />
            <ol class="records">
              {items.map((record, index) => (
                <RecordItem key={`${index} ${record.record}`} record={record} timezone={timezone} />
              ))}
            </ol>
            {items.length < records.total && <Pages records={records} />}
          </>
        )}
      </div>
    </section>
  );
}
