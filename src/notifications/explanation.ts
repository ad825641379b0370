import { matches } from '../alert-match.ts';
import type { Labels } from '../alert-match.ts';
import type { Config, TicketRule } from '../config/config.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import { routesOf } from './matching.ts';
import { nobody, ticketDesk, watchdog } from './route.ts';
import type { RoutingTree } from './routes.ts';
import type { ShippedAlert } from './shipped-alerts.ts';

/** What becomes of some alerts. Texts for people; `-` is nothing. */
export interface Explained {
  readonly alert: string;
  readonly severity: string;
  /** `known`, `unknown`; `-` for an alert that is not about an error. */
  readonly error: string;
  readonly companies: string;
  readonly monitors: string;
  /** First responders. */
  readonly responders: string;
  /** Addresses. */
  readonly mail: string;
  /** Name of a tracker. */
  readonly ticket: string;
}

/** Labels of an alert, and what becomes of it. */
interface Case {
  readonly labels: Labels;
  readonly mail: string;
  readonly ticket: string;
}

/** What is explained. */
interface Subject {
  readonly config: Config;
  readonly tree: RoutingTree;
  /** Every kind of monitor, also those that the configuration has none of. */
  readonly kinds: readonly MonitorKind[];
}

const none = '-';
/** So many names are listed; of more, how many there are. */
const mostNames = 3;

/** The tracker in which an alert makes a ticket; undefined: in none. */
function trackerOf(rules: readonly TicketRule[], labels: Labels): string | undefined {
  if (labels['alertname'] === watchdog) return undefined;
  return rules.find(({ match }) => matches(match, labels))?.tracker;
}

function outcomeOf(labels: Labels, { tree, config: { tickets } }: Subject): Case {
  const emails = new Map(tree.receivers.map((receiver) => [receiver.name, receiver.emails]));
  const reached = routesOf(tree, labels).filter(
    ({ receiver }) => receiver !== nobody && receiver !== ticketDesk,
  );
  const mail = [...new Set(reached.flatMap(({ receiver }) => emails.get(receiver) ?? []))].sort();
  return {
    labels,
    mail: mail.length === 0 ? none : mail.join(', '),
    ticket: trackerOf(tickets?.rules ?? [], labels) ?? none,
  };
}

/** The monitors that an alert can be about: those that report what it reads. Of what all of them report, all. */
function monitorsOf({ metrics }: ShippedAlert, { config, kinds }: Subject): Config['monitors'] {
  const isReadOf = ({ families }: MonitorKind) => families.some(({ name }) => metrics.has(name));
  const { monitors } = config;
  return kinds.some(isReadOf) ? monitors.filter(({ kind }) => isReadOf(kind)) : monitors;
}

/** What an alert about a company can be labelled with: of each monitor, and of each error that it may have. */
function* aboutCompanies(alert: ShippedAlert, subject: Subject): Generator<Labels> {
  const { labels, responder, isOfUnknown } = alert;
  const ofErrors = isOfUnknown
    ? []
    : [...new Set(subject.config.knownErrors.errors.map((entry) => entry.responder))];
  for (const monitor of monitorsOf(alert, subject))
    for (const company of monitor.companies) {
      const common = { company, flow: monitor.flow, monitor: monitor.name };
      if (labels.has('known'))
        for (const [known, responders] of [
          ['true', ofErrors],
          ['false', [monitor.responder]],
        ] as const)
          for (const name of responders) yield { ...common, known, responder: name };
      else yield { ...common, responder: responder ?? monitor.responder };
    }
}

function* labelsOf(alert: ShippedAlert, subject: Subject): Generator<Labels> {
  const { environment } = subject.config;
  for (const severity of alert.severities) {
    const common = { alertname: alert.name, environment, severity };
    if (!alert.labels.has('company')) yield { ...common, responder: alert.responder ?? '' };
    else for (const labels of aboutCompanies(alert, subject)) yield { ...common, ...labels };
  }
}

const valuesOf = (cases: readonly Case[], label: string): readonly string[] => [
  ...new Set(cases.map(({ labels }) => labels[label] ?? '')),
];

/** The values of a label in some of all cases, for people. */
function listed(some: readonly Case[], all: readonly Case[], label: string): string {
  const values = valuesOf(some, label);
  if (values.every((value) => value === '')) return none;
  if (values.length > 1 && values.length === valuesOf(all, label).length) return 'all';
  const names = values.map((value) => (value === '' ? 'none' : value)).sort();
  const more = names.length - mostNames;
  return more <= 0 ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and ${more} more`;
}

const errorOf = ({ known }: Labels): string =>
  known === undefined ? none : known === 'true' ? 'known' : 'unknown';

/** Whether cases are all that their companies, monitors and responders can be combined to, of those that there are. */
function isWhole(some: readonly Case[], all: readonly Case[]): boolean {
  const inside = (label: string) => new Set(valuesOf(some, label));
  const sets = ['company', 'monitor', 'responder'].map((label) => [label, inside(label)] as const);
  const meant = all.filter(({ labels }) => sets.every(([label, set]) => set.has(labels[label] ?? '')));
  return meant.length === some.length;
}

/** Cases in groups, of each of which three lists of names say exactly which cases are in it. */
function groupsOf(cases: readonly Case[], all: readonly Case[]): readonly (readonly Case[])[] {
  if (isWhole(cases, all)) return [cases];
  for (const label of ['company', 'monitor']) {
    const parts = [...Map.groupBy(cases, ({ labels }) => labels[label] ?? '').values()];
    if (parts.length > 1) return parts.flatMap((part) => groupsOf(part, all));
  }
  return cases.map((one) => [one]);
}

/** @param group cases with one outcome. @returns nothing for no case. */
function rowOf(alert: string, group: readonly Case[], all: readonly Case[]): readonly Explained[] {
  const [first] = group;
  if (first === undefined) return [];
  const { labels, mail, ticket } = first;
  return [
    {
      alert,
      severity: labels['severity'] ?? '',
      error: errorOf(labels),
      companies: listed(group, all, 'company'),
      monitors: listed(group, all, 'monitor'),
      responders: listed(group, all, 'responder'),
      mail,
      ticket,
    },
  ];
}

function rowsOf(alert: ShippedAlert, subject: Subject): readonly Explained[] {
  const cases = [...labelsOf(alert, subject)].map((labels) => outcomeOf(labels, subject));
  const bySubject = Map.groupBy(cases, ({ labels }) => `${labels['severity'] ?? ''} ${errorOf(labels)}`);
  return [...bySubject.values()].flatMap((all) => {
    const byOutcome = Map.groupBy(all, ({ mail, ticket }) => JSON.stringify([mail, ticket]));
    return [...byOutcome.values()]
      .flatMap((same) => groupsOf(same, all))
      .flatMap((group) => rowOf(alert.name, group, all));
  });
}

/** Which alert makes a mail, a ticket, or both, and for whom: one row for what has one outcome. */
export function explainRoutes(subject: Subject, alerts: readonly ShippedAlert[]): readonly Explained[] {
  return alerts.flatMap((alert) => rowsOf(alert, subject));
}
