import type { Company, Config } from '../config/config.ts';
import { isDecimal } from '../decimal.ts';
import { triedText } from '../remedies/tried.ts';
import { messages } from '../texts/messages.ts';
import type { MessageKey } from '../texts/messages.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import type { Material, ToldRecord } from './records.ts';
import type { FiringAlert, TicketState } from './state.ts';

/**
 * A text from elsewhere as one line: what would begin another line, hide or turn around what follows is a space, and what is too long is
 * cut. @param most characters.
 */
function oneLine(text: string, most: number): string {
  // Beyond this nothing of it is used.
  const line = text
    .slice(0, most * 4)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** What a text is made with. */
export interface Writing {
  readonly config: Pick<Config, 'alerting' | 'companies' | 'environment' | 'knownErrors' | 'timezone'>;
  /** In the language of a company. */
  readonly translator: (language: string) => Translator;
  readonly now: Instant;
}

/** Why something is told: a ticket is new, more of the same came, or it happened again after all had been well. */
export type Occasion = 'happened' | 'more_of_it' | 'again';

/** Longest key of a record, other names, and messages, in characters. */
const most = { name: 100, title: 200, message: 500, url: 1_000 } as const;
/** Longest text; what is longer is cut at the end of a line. */
const mostText = 30_000;

const isMessage = (key: string): key is MessageKey => Object.hasOwn(messages, key);

interface Words {
  readonly t: Translator;
  readonly timezone: string;
  readonly company: Company | undefined;
}

function wordsOf({ key }: TicketState, { config, translator }: Writing): Words {
  const company = config.companies.get(key.company);
  return {
    company,
    t: translator(company?.language ?? 'en'),
    timezone: company?.timezone ?? config.timezone,
  };
}

/** The title of a ticket: it says what it is about, not how things stand. */
export function titleOf(state: TicketState, writing: Writing): string {
  const { environment, event, company, flow, monitor, subject } = state.key;
  const words = wordsOf(state, writing);
  const where = [words.company?.title ?? company, flow, monitor, subject].filter((part) => part !== '');
  const prefix = environment === '' ? '' : `[${environment}] `;
  return oneLine(`${prefix}${words.t.text(`ticket.${event}`)}: ${where.join(', ')}`, most.title);
}

/** How many an alert is about. */
function countOf({ labels, annotations }: FiringAlert): number {
  const count = Number(annotations['record_count'] ?? '');
  return (labels['record'] ?? '') === '' && Number.isSafeInteger(count) && count > 0 ? count : 1;
}

/** Of what name and severity the alerts are, each once, with how many they are about. */
function alertLines(alerts: readonly FiringAlert[], { t }: Words): readonly string[] {
  const found = new Map<string, { alert: FiringAlert; count: number }>();
  for (const alert of alerts) {
    const { alertname = '', severity = '', job_name: job = '', database = '', endpoint = '' } = alert.labels;
    const key = JSON.stringify([alertname, severity, job, database, endpoint]);
    found.set(key, { alert, count: (found.get(key)?.count ?? 0) + countOf(alert) });
  }
  return [...found.values()].map(({ alert: { labels, annotations }, count }) => {
    const { alertname = '', severity = '', job_name: job = '', database = '', endpoint = '' } = labels;
    const key = `alert.${alertname}`;
    const what = isMessage(key) ? t.text(key, { count }) : (annotations['summary'] ?? alertname);
    const grave = `ticket.severity_${severity}`;
    const names = [job, database, endpoint].filter((name) => name !== '').join(', ');
    const about = names === '' ? '' : `: ${names}`;
    return oneLine(`- ${what}${about} (${isMessage(grave) ? t.text(grave) : severity})`, most.message);
  });
}

/** What the alerts say in the language of the reader, where they do. */
function descriptions(alerts: readonly FiringAlert[], { t }: Words): readonly string[] {
  const name = t.language === 'en' ? 'description' : `description_${t.language}`;
  const plain = alerts.filter(({ labels: { record = '' } }) => record === '');
  const texts = plain.map(({ annotations }) => oneLine(annotations[name] ?? '', most.message));
  return [...new Set(texts)].filter((text) => text !== '').map((text) => `  ${text}`);
}

function moneyOf({ amount, currency }: ToldRecord, { t }: Words): string {
  return isDecimal(amount) ? t.money(amount, currency) : amount;
}

/** A line without a name when there is nothing to say. */
function line(name: string, text: string, longest: number): readonly string[] {
  const clean = oneLine(text, longest);
  return clean === '' ? [] : [`   ${name}: ${clean}`];
}

/** What remedies have tried: "tried 3 times, last at 14:05, answer 409". */
function triedLine({ remedy, tried }: ToldRecord, { t, timezone }: Words, now: Instant): string {
  if (tried === undefined) return triedText(t, remedy, { timezone, now });
  const [tries, at, answer] = tried;
  return t.text('remedy.tried', { tries: Number(tries), at, answer });
}

function recordLines(
  record: ToldRecord,
  index: number,
  words: Words,
  { config, now }: Writing,
): readonly string[] {
  const { t, timezone } = words;
  const known = config.knownErrors.errors.find(({ id }) => id === record.error);
  const since = record.since === null ? record.sinceText : t.minuteTime(record.since, timezone);
  const facts = [since === '' ? '' : t.text('answer.since', { at: since }), moneyOf(record, words)].filter(
    (fact) => fact !== '',
  );
  const about = facts.length === 0 ? '' : ` (${oneLine(facts.join(', '), most.name)})`;
  const responder = `responder.${record.responder}`;
  const action = known?.action[t.language] ?? (record.message === '' ? '' : t.text('text.unknown_error'));
  return [
    `${index + 1}. ${oneLine(record.record, most.name)}${about}`,
    ...line(t.text('label.call'), record.call, most.message),
    ...line(t.text('label.code'), record.code, most.name),
    ...line(t.text('label.message'), record.message, most.message),
    ...line(t.text('remedy.name'), triedLine(record, words, now), most.message),
    ...line(t.text('label.meaning'), known?.explanation[t.language] ?? '', most.url),
    ...line(t.text('label.action'), action, most.url),
    ...line(
      t.text('label.first_responder'),
      isMessage(responder) ? t.text(responder) : record.responder,
      most.name,
    ),
    ...line(t.text('mail.link'), record.url, most.url),
  ];
}

function amountLines({ amounts }: Material, { t }: Words): readonly string[] {
  if (amounts.size === 0) return [];
  const each = [...amounts].map(([currency, amount]) => t.money(amount, oneLine(currency, 10)));
  return ['', t.text('ticket.value', { amounts: t.list(each) })];
}

function links({ key }: TicketState, alerts: readonly FiringAlert[], { t }: Words, { config }: Writing) {
  const { pageUrl, runbookUrl } = config.alerting;
  const segment = encodeURIComponent;
  const company = key.company === '' ? '' : `companies/${segment(key.company)}`;
  const monitor = key.monitor === '' || company === '' ? '' : `/${segment(key.monitor)}`;
  const anchors = alerts.map(({ annotations }) => /#[\w-]+$/.exec(annotations['runbook_url'] ?? '')?.[0]);
  const runbook = runbookUrl ?? (pageUrl === undefined ? undefined : `${pageUrl}/docs/runbook`);
  const named = [...new Set(anchors)].filter((anchor) => anchor !== undefined).slice(0, 5);
  return [
    ...(pageUrl === undefined ? [] : [`${t.text('mail.page')}: ${pageUrl}/${company}${monitor}`]),
    ...(runbook === undefined ? [] : named.map((anchor) => `${t.text('mail.runbook')}: ${runbook}${anchor}`)),
  ];
}

/** Whole lines, as many as may be sent. */
function bounded(lines: readonly string[]): string {
  let length = 0;
  const fitting = lines.filter((each) => (length += each.length + 1) <= mostText);
  return fitting.join('\n').trim();
}

/** What is told of a ticket, in the language of its company: what happened, the value at risk, the records, where to look. */
export function textOf(state: TicketState, material: Material, occasion: Occasion, writing: Writing): string {
  const words = wordsOf(state, writing);
  const { t, company } = words;
  const { flow, monitor } = state.key;
  const about = [
    company === undefined ? state.key.company : company.title,
    company === undefined || company.project === '' ? '' : `${t.text('label.project')} ${company.project}`,
    flow === '' ? '' : `${t.text('label.flow')} ${flow}`,
    monitor === '' ? '' : `${t.text('label.monitor')} ${monitor}`,
  ].filter((part) => part !== '');
  const { records, more, alerts, isLast } = material;
  const beyond = Object.keys(state.beyond).length;
  return bounded([
    ...(occasion === 'happened' ? [oneLine(about.join(', '), most.message), ''] : []),
    t.text(`ticket.${occasion}`),
    ...alertLines(alerts, words),
    ...descriptions(alerts, words),
    ...amountLines(material, words),
    ...(records.length === 0 ? [] : ['']),
    ...records.flatMap((record, index) => recordLines(record, index, words, writing)),
    ...(more > 0 ? [t.text('answer.more', { count: more })] : []),
    ...(beyond > 0 ? [t.text('ticket.beyond', { count: beyond })] : []),
    ...(isLast ? ['', t.text('ticket.last')] : []),
    '',
    ...links(state, alerts, words, writing),
  ]);
}

/** Says that all is well again. */
export function recoveryText(state: TicketState, writing: Writing, at: Instant): string {
  const { t, timezone } = wordsOf(state, writing);
  return t.text('ticket.recovered', { at: t.minuteTime(at, timezone) });
}
