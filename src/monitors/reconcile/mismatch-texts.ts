import type { OpenRecord, OpenRecordEntry, RecordEntry, RunContext } from '../contract.ts';
import { localTime } from '../shared/local-time.ts';
import { cutText } from '../shared/samples.ts';
import type { Compared } from './compare-settings.ts';
import { beginOf } from './engine/ledger/ledger.ts';
import type { Ledger, LedgerCells, LedgerEntry, LedgerTexts } from './engine/ledger/ledger.ts';
import type { MismatchKind, Pair } from './engine/types.ts';
import type { Settings } from './settings.ts';
import { meaningsOf } from './status-codes.ts';

/** Longest key and value that are shown. */
export const mostKeyCharacters = 100;
const mostValueCharacters = 200;

/** What people call the two sides. */
export function titlesOf(settings: Settings): Pair<string> {
  const { left, right } = settings;
  return { left: left.title ?? left.database, right: right.title ?? right.database };
}

/** Minor units as a decimal number, such as 124050 as `1240.50`. */
function decimalText(units: bigint, digits: number): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${sign}${text.slice(0, point)}${digits === 0 ? '' : `.${text.slice(point)}`}`;
}

/** A text as it stands, in quotes where it would run into its neighbours. */
function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/** A compared value as people read it. @param text what the column holds, where that is stored. */
function valueText(cell: bigint | null, how: Compared, zone: string, text: string | null): string {
  if (cell === null) return 'NULL';
  switch (how.type) {
    case 'money':
      return decimalText(cell, how.digits);
    case 'status':
      return meaningsOf(how)[Number(cell)] ?? `unknown${text === null ? '' : ` (${quoted(text)})`}`;
    case 'instant':
      // In full, because two may differ in the last digit only.
      return localTime(Number(cell), zone, 'milliseconds');
    case 'text':
      // What was stored before texts were has but a digest, until it is looked up again.
      return text === null ? '…' : quoted(text);
    case 'integer':
      return cell.toString();
  }
}

/** A row as people read it: `total=1240.50 state=paid`; of two rows that differ, only where they do. */
function rowText(
  run: RunContext<Settings>,
  company: string,
  row: LedgerCells | null,
  texts: LedgerTexts,
  other: LedgerCells | null,
): string {
  if (row === null) return '';
  const parts = Object.entries(run.settings.compare).flatMap(([name, how], index) => {
    const cell = row[index] ?? null;
    if (other !== null && cell === (other[index] ?? null)) return [];
    return [`${name}=${valueText(cell, how, run.timezone(company), texts[index] ?? null)}`];
  });
  return cutText(parts.join(' '), mostValueCharacters);
}

/** `missing in ERP`, for the page. */
export function describe(settings: Settings, kind: MismatchKind): string {
  const titles = titlesOf(settings);
  if (kind === 'missing_left') return `missing in ${titles.left}`;
  if (kind === 'missing_right') return `missing in ${titles.right}`;
  return kind === 'different' ? 'different' : 'duplicate';
}

/** A confirmed mismatch that is listed, with what people read of it. */
export interface ListedMismatch extends LedgerEntry {
  /** The key, cut to the length of a label. */
  readonly label: string;
  readonly url: string;
  readonly leftText: string;
  readonly rightText: string;
}

/** The oldest first; those of one time by key, so that the same ones are listed in each run. */
function byAge(one: LedgerEntry, other: LedgerEntry): number {
  return beginOf(one) - beginOf(other) || (one.key < other.key ? -1 : 1);
}

/** The oldest confirmed mismatches, as many as are listed; each label once, also after it was cut. */
function oldestConfirmed({ entries }: Ledger, most: number): ReadonlyMap<string, LedgerEntry> {
  const confirmed = [...entries.values()].filter(({ confirmedAt }) => confirmedAt !== null);
  const byLabel = new Map<string, LedgerEntry>();
  for (const entry of confirmed.sort(byAge)) {
    if (byLabel.size >= most) break;
    const label = cutText(String(entry.key), mostKeyCharacters);
    if (!byLabel.has(label)) byLabel.set(label, entry);
  }
  return byLabel;
}

function withTexts(
  run: RunContext<Settings>,
  company: string,
  label: string,
  entry: LedgerEntry,
): ListedMismatch {
  const both = entry.left !== null && entry.right !== null && entry.kind === 'different';
  return {
    ...entry,
    label,
    url: run.recordUrl(String(entry.key)),
    leftText: rowText(run, company, entry.left, entry.leftTexts, both ? entry.right : null),
    rightText: rowText(run, company, entry.right, entry.rightTexts, both ? entry.left : null),
  };
}

/** The confirmed mismatches that are listed one by one, oldest first. */
export function listed(
  run: RunContext<Settings>,
  company: string,
  ledger: Ledger,
): readonly ListedMismatch[] {
  return [...oldestConfirmed(ledger, run.settings.samples)].map(([label, entry]) =>
    withTexts(run, company, label, entry),
  );
}

/** A mismatch as the page finds and sorts it. */
function entryOf(entry: LedgerEntry, company: string): RecordEntry {
  return {
    company,
    state: entry.kind,
    record: cutText(String(entry.key), mostKeyCharacters),
    since: beginOf(entry),
    amount: entry.amount ?? '',
    currency: cutText(entry.currency, mostKeyCharacters),
    code: '',
    call: '',
    errorClass: null,
    isAwaitingRetry: false,
  };
}

/** A confirmed mismatch as the page shows it. */
export function openRecordOf(settings: Settings, company: string, entry: ListedMismatch): OpenRecord {
  const titles = titlesOf(settings);
  return {
    ...entryOf(entry, company),
    error: [
      describe(settings, entry.kind),
      ...(entry.leftText === '' ? [] : [`${titles.left}: ${entry.leftText}`]),
      ...(entry.rightText === '' ? [] : [`${titles.right}: ${entry.rightText}`]),
    ].join('; '),
    url: entry.url,
    left: entry.leftText,
    right: entry.rightText,
  };
}

/** Every confirmed mismatch. */
export function entriesOf(run: RunContext<Settings>, company: string, ledger: Ledger): OpenRecordEntry[] {
  return [...ledger.entries.values()]
    .filter(({ confirmedAt }) => confirmedAt !== null)
    .map((entry) => {
      const found = entryOf(entry, company);
      const show = () => openRecordOf(run.settings, company, withTexts(run, company, found.record, entry));
      return { ...found, show };
    });
}
