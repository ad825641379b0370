import { ExactSum, currencyCode, isDecimal } from '../decimal.ts';
import type { OpenRecordEntry, RecordState } from '../monitors/contract.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { RecordRemedy } from '../remedies/board.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import type { EventType } from './event-type.ts';
import { digest } from './key.ts';
import type { TicketKey } from './key.ts';
import { firingOf } from './state.ts';
import type { FiringAlert, TicketState } from './state.ts';

/** Records that a text names; the others are counted. */
export const mostListed = 20;
/** Most records and alerts of a ticket that are told apart. */
const mostTold = 2_000;

/** A record as a text tells it. Texts are '' when unknown. */
export interface ToldRecord {
  readonly record: string;
  readonly since: Instant | null;
  /** As the alert has it, where `since` is not known. */
  readonly sinceText: string;
  /** An exact decimal number, or a text with its currency. */
  readonly amount: string;
  readonly currency: string;
  readonly call: string;
  readonly code: string;
  readonly message: string;
  readonly left: string;
  readonly right: string;
  /** Id of the known error. */
  readonly error: string;
  readonly responder: string;
  readonly url: string;
  /** What a remedy has done about it. */
  readonly remedy: RecordRemedy | undefined;
  /** As the alert has it, where `remedy` is not known: how often, when last, what was answered. */
  readonly tried: readonly [string, string, string] | undefined;
}

/** What remedies have done about records of a company at a monitor; those about which nothing was done are absent. */
export type RemediesOf = (
  company: string,
  monitor: string,
  records: readonly string[],
) => ReadonlyMap<string, RecordRemedy>;

/** What there is to tell is made from. */
export interface Sources {
  readonly snapshot: Pick<Snapshot, 'tasks'>;
  readonly remediesOf: RemediesOf;
}

/** What is to be told of a key now. */
export interface Material {
  /** What is told by it, as `told` of the state has it. */
  readonly ids: readonly string[];
  /** The records that are listed, the oldest first; `mostListed` at most. */
  readonly records: readonly ToldRecord[];
  /** How many there are besides. */
  readonly more: number;
  /** By currency; '' for none. */
  readonly amounts: ReadonlyMap<string, string>;
  /** The alerts that it is about. */
  readonly alerts: readonly FiringAlert[];
  /** Whether what comes from now on is told no more: there is too much to be told apart. */
  readonly isLast: boolean;
}

const states: Readonly<Partial<Record<EventType, readonly RecordState[]>>> = {
  failed: ['failed'],
  late: ['late'],
  mails: ['failed', 'late'],
  mismatch: ['missing_left', 'missing_right', 'different', 'duplicate'],
};

/** Alerts that name no record, and are about all of their monitor. */
const ofAll: ReadonlySet<string> = new Set([
  'ErpMassFailure',
  'ErpRecordFailed',
  'ErpRecordsLate',
  'ErpMailsNotGenerated',
  'ErpRecordsMissing',
  'ErpRecordsDifferent',
  'ErpRecordsDuplicate',
  'ErpSamplesOmitted',
]);

/** The task that serves a monitor at a company. */
export function taskOf(snapshot: Pick<Snapshot, 'tasks'>, key: TicketKey): TaskStatus | undefined {
  for (const task of snapshot.tasks.values())
    if (task.monitor.name === key.monitor && task.companies.includes(key.company)) return task;
  return undefined;
}

const recordId = (record: string): string => digest(`record ${record}`, 12);
/** Of a kind of error: whoever was told of a record with it knows it. */
const errorId = (error: string): string => digest(`error ${error}`, 12);

/** What an alert tells besides its record: that it fires, and how grave it is. */
function alertId({ labels }: FiringAlert): string {
  const { record = '', alertname = '', error = '' } = labels;
  if (record !== '') return recordId(record);
  if (alertname === 'ErpNewKindOfError') return errorId(error);
  const same = ['environment', 'company', 'flow', 'monitor', 'responder', 'known'];
  const own = Object.entries(labels).filter(([name]) => !same.includes(name));
  return digest(`alert ${JSON.stringify(own.sort(([one], [other]) => (one < other ? -1 : 1)))}`, 12);
}

/** The records that the remedies of some alerts have tried in vain. */
function exhaustedOf(
  { company, monitor }: TicketKey,
  alerts: readonly FiringAlert['labels'][],
  records: readonly OpenRecordEntry[],
  remediesOf: RemediesOf,
): ReadonlySet<string> {
  const remedies = new Set(
    alerts.flatMap(({ alertname, remedy = '' }) => (alertname === 'ErpRemedyExhausted' ? [remedy] : [])),
  );
  if (remedies.size === 0) return new Set();
  const names = records.filter((entry) => entry.company === company).map(({ record }) => record);
  const tried = [...remediesOf(company, monitor, names)];
  return new Set(
    tried
      // Not by its standing: what is known here may be a little older than what the alert was made from.
      .filter(
        ([, { remedy, isDryRun, ...made }]) =>
          !isDryRun && made.tries >= made.attempts && remedies.has(remedy),
      )
      .map(([record]) => record),
  );
}

/** The open records of a key's monitor and company that its alerts are about. */
function entriesOf(
  state: TicketState,
  task: TaskStatus | undefined,
  remediesOf: RemediesOf,
): readonly OpenRecordEntry[] {
  const wanted = states[state.key.event] ?? [];
  const reading = task?.reading ?? null;
  if (reading === null || wanted.length === 0) return [];
  const alerts = firingOf(state).map(([, alert]) => alert.labels);
  const isOfAll = alerts.some(({ record = '', alertname = '' }) => record === '' && ofAll.has(alertname));
  const named = new Set(alerts.map(({ record = '' }) => record));
  const classes = new Set(alerts.map(({ record = '', error = '' }) => (record === '' ? error : '')));
  const all = reading.allRecords?.() ?? reading.records.map((record) => ({ ...record, show: () => record }));
  const exhausted = exhaustedOf(state.key, alerts, all, remediesOf);
  return all.filter(
    ({ company, state: how, isAwaitingRetry, record, errorClass }) =>
      company === state.key.company &&
      wanted.includes(how) &&
      // What a remedy tried in vain is told, whether the integration will try it again or not.
      (exhausted.has(record) ||
        (!isAwaitingRetry &&
          (isOfAll || named.has(record) || (errorClass !== null && classes.has(errorClass.error))))),
  );
}

/** The lines of the annotation `details`, `key: value`. */
function detailsOf({ annotations }: FiringAlert): ReadonlyMap<string, string> {
  const lines = (annotations['details'] ?? '').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([a-z_\d]+): (.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A record of which the alert alone is known: the monitor has read something else since. */
function ofAlert(alert: FiringAlert): ToldRecord {
  const { record = '', error = '', responder = '' } = alert.labels;
  const details = detailsOf(alert);
  const text = (name: string): string => details.get(name) ?? '';
  const tries = text('tries');
  return {
    record,
    since: null,
    sinceText: text('since'),
    amount: text('amount'),
    currency: '',
    call: text('call'),
    code: text('code'),
    message: text('message'),
    left: '',
    right: '',
    error,
    responder,
    url: text('url'),
    remedy: undefined,
    tried: tries === '' ? undefined : [tries, text('tried'), text('answer')],
  };
}

function ofEntry(
  entry: OpenRecordEntry,
  task: TaskStatus | undefined,
  remedy: RecordRemedy | undefined,
): ToldRecord {
  const shown = entry.show();
  return {
    ...shown,
    sinceText: '',
    message: shown.error,
    error: shown.errorClass?.error ?? '',
    responder: shown.errorClass?.responder || (task?.monitor.responder ?? ''),
    remedy,
    tried: undefined,
  };
}

function sums(entries: readonly OpenRecordEntry[]): ReadonlyMap<string, string> {
  const found = new Map<string, ExactSum>();
  for (const { amount, currency } of entries) {
    if (!isDecimal(amount)) continue;
    const code = currencyCode(currency);
    const sum = found.get(code) ?? new ExactSum();
    sum.add(amount);
    found.set(code, sum);
  }
  return new Map([...found].map(([currency, sum]) => [currency, sum.toString()]));
}

/**
 * What there is to tell of a key: its alerts and its records, from the snapshot where it has them, else from the alerts.
 *
 * @param isNew what of it is told; all of it when absent.
 */
export function materialOf(
  state: TicketState,
  { snapshot, remediesOf }: Sources,
  isNew: (id: string) => boolean = () => true,
): Material {
  const task = taskOf(snapshot, state.key);
  const entries = entriesOf(state, task, remediesOf).filter(({ record }) => isNew(recordId(record)));
  const seen = new Set(entries.map(({ record }) => record));
  const alerts = firingOf(state)
    .map(([, alert]) => alert)
    .filter((alert) => isNew(alertId(alert)));
  const others = alerts.filter(({ labels: { record = '' } }) => record !== '' && !seen.has(record));
  const oldest = [...entries].sort((one, other) => (one.since ?? Infinity) - (other.since ?? Infinity));
  const first = oldest.slice(0, mostListed);
  const { company, monitor } = state.key;
  const names = first.map(({ record }) => record);
  const remedies = remediesOf(company, monitor, names);
  const listed = first.map((entry) => ofEntry(entry, task, remedies.get(entry.record)));
  const rest = [...new Map(others.map((alert) => [alert.labels['record'], alert])).values()];
  const records = [...listed, ...rest.slice(0, mostListed - listed.length).map(ofAlert)];
  const errors = [
    ...entries.map(({ errorClass }) => errorClass?.error ?? ''),
    ...alerts.flatMap(({ labels: { record = '', error = '' } }) => (record === '' ? [] : [error])),
  ];
  const ids = [
    ...[...new Set(errors)].map(errorId),
    ...entries.map(({ record }) => recordId(record)),
    ...alerts.map(alertId),
  ];
  return {
    ids: [...new Set(ids)].slice(0, mostTold),
    records,
    more: entries.length + rest.length - records.length,
    amounts: sums(entries),
    alerts,
    isLast: false,
  };
}

/** Stands for all that is not told apart any more. */
const lastId = 'last';

/** Whether a ticket says that what comes is told no more. */
export function isAllTold({ told }: Pick<TicketState, 'told'>): boolean {
  return told.includes(lastId);
}

/** What was not told yet. Once more was told than is told apart: that there is more, and then nothing. */
export function newsOf(state: TicketState, sources: Sources): Material {
  const told = new Set(state.told);
  if (told.size < mostTold) return materialOf(state, sources, (id) => !told.has(id));
  const news = materialOf(state, sources, (id) => !told.has(lastId) && !told.has(id));
  return news.ids.length === 0 ? news : { ...news, ids: [lastId], isLast: true };
}

/** Whether a record that the ticket was opened for is still as it was, whatever the alerts say. */
export function isStillOpen(state: TicketState, snapshot: Pick<Snapshot, 'tasks'>): boolean {
  const { event, company } = state.key;
  if (event !== 'failed' && event !== 'late') return false;
  const reading = taskOf(snapshot, state.key)?.reading ?? null;
  const told = new Set(state.told);
  return (reading?.allRecords?.() ?? reading?.records ?? []).some(
    (entry) => entry.company === company && entry.state === event && told.has(recordId(entry.record)),
  );
}
