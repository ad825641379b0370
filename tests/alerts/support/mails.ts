import { inhibitionsOf } from '../../../src/notifications/inhibitions.ts';
import { routingTree } from '../../../src/notifications/routes.ts';
import { dispatch } from '../../notifications/dispatcher.ts';
import type { Labels } from '../../../src/notifications/matching.ts';
import { simulatedMinutes } from './month.ts';
import type { Outcome } from './month.ts';
import { simulatedConfig } from './recipients.ts';

/** A mail that an incident causes: minutes after the begin of its fault, the address, and the labels of its alerts. */
export interface Mail {
  readonly afterMinutes: number;
  readonly to: string;
  readonly firing: readonly Labels[];
  readonly resolved: readonly Labels[];
}

const minuteMs = 60_000;

/** The mails of an incident, by the routes and inhibitions of the simulated configuration. */
export function mailsOf({ incident, detections }: Outcome): readonly Mail[] {
  const config = simulatedConfig();
  const tree = routingTree(config);
  const addresses = new Map(tree.receivers.map(({ name, emails }) => [name, emails]));
  const firings = detections.flatMap(({ alert, severity, labels, firings: stretches }) =>
    stretches.map(({ from, to }) => ({
      labels: { ...labels, alertname: alert, severity },
      from: from * minuteMs,
      to: to * minuteMs,
    })),
  );
  const by = { tree, inhibitions: inhibitionsOf(config, tree) };
  return dispatch(firings, by, simulatedMinutes(incident) * minuteMs).flatMap(
    ({ at, receiver, firing, resolved }) =>
      (addresses.get(receiver) ?? []).map((to) => ({ afterMinutes: at / minuteMs, to, firing, resolved })),
  );
}

/** Every address that can get a mail in the simulated month. */
export function simulatedAddresses(): readonly string[] {
  return [...new Set(routingTree(simulatedConfig()).receivers.flatMap(({ emails }) => emails))].sort();
}

const introduction = `
## Mails

What the same incidents put into the inboxes, by the routes, groups and inhibitions that \`erp-exporter alertmanager\` writes for an
agency with two clients: \`it\`, \`erp_partner\` and \`web_agency\` are its own people, acme has a \`shop_admin\`, and
\`notify: [{ match: { severity: critical }, to: [responder, company] }]\` sends what is critical to the company too. Mails of the end
("repaired") count as well. The mails are counted with a model of Alertmanager's dispatcher, which a test compares with a real one.

| recipient | mails in four weeks | incidents | most for one incident |
| --- | --- | --- | --- |
`;

/** A working day, in minutes: after it come repetitions. */
const dayMinutes = 480;

const firstDay = (mails: readonly Mail[]): readonly Mail[] =>
  mails.filter(({ afterMinutes }) => afterMinutes <= dayMinutes);

function worstIntroduction({ incident }: Outcome, mails: readonly Mail[]): string {
  const minutes = Math.min(simulatedMinutes(incident), dayMinutes);
  return `
### The day of the worst outage

Of all incidents, the one with the most mails in its first eight hours: ${mails.length} in ${minutes} minutes. The minutes count from the fault.
${incident.what}.

| after | recipient | firing | repaired |
| --- | --- | --- | --- |
`;
}

/** Alerts of a mail: `ErpRecordsLate critical acme web_orders`, with how many there are of the same. */
function listed(alerts: readonly Labels[]): string {
  const names = alerts.map(({ alertname, severity, company, monitor, database }) =>
    [alertname, severity, company, monitor ?? database].filter((part) => part !== undefined).join(' '),
  );
  return [...Map.groupBy(names, (name) => name)]
    .map(([name, { length }]) => (length === 1 ? name : `${name} × ${length}`))
    .join('<br>');
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;

/** The section of docs/detection.md that counts mails. */
export function mailsMarkdown(outcomes: readonly Outcome[]): string {
  const all = outcomes.map((outcome) => ({ outcome, mails: mailsOf(outcome) }));
  const counts = simulatedAddresses().map((address) => {
    const each = all.map(({ mails }) => mails.filter(({ to }) => to === address).length);
    const sum = each.reduce((total, count) => total + count, 0);
    return row([address, sum, each.filter((count) => count > 0).length, Math.max(...each)]);
  });
  const [worst] = all.toSorted((one, other) => firstDay(other.mails).length - firstDay(one.mails).length);
  if (worst === undefined) throw new Error('no incidents');
  const day = firstDay(worst.mails);
  const mails = day.map(({ afterMinutes, to, firing, resolved }) =>
    row([`${afterMinutes} min`, to, listed(firing), listed(resolved)]),
  );
  return introduction + counts.join('') + worstIntroduction(worst.outcome, day) + mails.join('');
}
