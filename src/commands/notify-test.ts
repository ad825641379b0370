import { AlertmanagerApi } from '../notifications/alertmanager-api.ts';
import type { ActiveAlert, PostableAlert } from '../notifications/alertmanager-api.ts';
import { formatMatcher } from '../notifications/alertmanager-yml.ts';
import { nobody, ticketDesk } from '../notifications/route.ts';
import { routingTree } from '../notifications/routes.ts';
import type { RoutingTree } from '../notifications/routes.ts';
import { planTest } from '../notifications/test-alerts.ts';
import type { TestAlert } from '../notifications/test-alerts.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/source/problem.ts';
import { formatDuration } from '../duration.ts';
import { formatWithOffset } from '../time.ts';
import { count } from './support/count.ts';

export interface NotifyTestOptions {
  readonly file: string;
  readonly alertmanagerUrl: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly write: (line: string) => void;
}

/** The annotations of a test alert, so that its mail has every part that a real one has. */
const annotations = {
  summary: 'A test of the mails.',
  description: 'A test by erp-exporter notify-test: nothing is wrong.',
  description_nl: 'Een test door erp-exporter notify-test: er is niets mis.',
  description_de: 'Ein Test durch erp-exporter notify-test: Alles ist in Ordnung.',
  description_fr: 'Un test par erp-exporter notify-test\u00a0: tout va bien.',
  action_en: 'Nothing: this mail shows that you get a mail when something is wrong.',
  action_nl: 'Niets: deze mail toont dat u verwittigd wordt als er iets misloopt.',
  action_de: 'Nichts: Diese Mail zeigt, dass Sie benachrichtigt werden, wenn etwas nicht stimmt.',
  action_fr: 'Rien : ce message montre que vous serez prévenu en cas de problème.',
} as const;

/** Alertmanager takes an alert for resolved at its end; this much later than its longest wait for a group. */
const marginMs = 60_000;

function postable(
  { labels, delayMs }: TestAlert,
  { companies, timezone }: Config,
  now: number,
): PostableAlert {
  const zone = companies.get(labels['company'] ?? '')?.timezone ?? timezone;
  const since = formatWithOffset(now, zone).slice(0, 16).replace('T', ' ');
  return {
    labels,
    annotations: { ...annotations, details: `call: POST /test\ncode: TEST\nsince: ${since}\n` },
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + delayMs + marginMs).toISOString(),
  };
}

function describe({ labels }: TestAlert): string {
  const { alertname, record, ...others } = labels;
  const text = Object.entries(others).map(([label, value]) =>
    formatMatcher({ label, negated: false, values: [value] }),
  );
  return `${record ?? ''} ${alertname ?? ''}{${text.join(', ')}}`;
}

/** How Alertmanager treats an alert otherwise than the configuration says; undefined when it does not. */
function deviation(alert: TestAlert, active: ActiveAlert | undefined): string | undefined {
  if (active === undefined) return 'Alertmanager does not know the alert';
  // Routes that take away what is for others name the receiver that gets nothing.
  const names = new Set(active.receivers.map(({ name }) => name));
  // Tickets get a copy of everything.
  const isMeant = (name: string) => name !== ticketDesk || alert.receivers.includes(name);
  const actual = [...names].filter((name) => name !== nobody && isMeant(name)).sort();
  if (JSON.stringify(actual) !== JSON.stringify(alert.receivers))
    return `Alertmanager notifies ${actual.join(', ')} instead; give it the output of erp-exporter alertmanager and reload it`;
  const { silencedBy, inhibitedBy } = active.status;
  if (silencedBy.length > 0) return 'a silence mutes it';
  return inhibitedBy.length > 0 ? 'another alert inhibits it' : undefined;
}

/** Writes a line for each alert. @returns whether all is as the configuration says. */
function report(
  alerts: readonly TestAlert[],
  active: readonly ActiveAlert[],
  tree: RoutingTree,
  write: (line: string) => void,
): boolean {
  const found = new Map(active.map((alert) => [alert.labels['record'], alert]));
  const emails = new Map(tree.receivers.map((receiver) => [receiver.name, receiver.emails.join(', ')]));
  let isRight = true;
  for (const alert of alerts) {
    write(describe(alert));
    for (const receiver of alert.receivers)
      write(`  to ${receiver}: ${emails.get(receiver) ?? ''}, within ${formatDuration(alert.delayMs)}`);
    const fault = deviation(alert, found.get(alert.labels['record'] ?? ''));
    if (fault === undefined) continue;
    isRight = false;
    write(`  but ${fault}`);
  }
  return isRight;
}

/**
 * `erp-exporter notify-test`: posts a test alert for each route to Alertmanager and says who must get a mail. That the
 * mails arrive, people have to see.
 *
 * @returns the exit code: 0 when Alertmanager took all of them and routes them as the configuration says.
 */
export async function notifyTest(options: NotifyTestOptions): Promise<number> {
  const { file, env, now, write } = options;
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) write(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const tree = routingTree(config);
  const run = now.toString(36);
  const { alerts, unreachable } = planTest(tree, config, run);
  if (alerts.length === 0) {
    write('no alert has a recipient: add contacts to companies, or addresses to responders');
    return 1;
  }
  const api = new AlertmanagerApi(options.alertmanagerUrl);
  try {
    await api.post(alerts.map((alert) => postable(alert, config, now)));
    const active = await api.alerts([`record=~"TEST-${run}-.*"`]);
    write(`${count(alerts.length, 'test alert')} to ${api.address}`);
    const isRight = report(alerts, active, tree, write);
    for (const route of unreachable)
      if (!route.startsWith('default'))
        write(`${route}: no alert takes this route, as the routes before it take them all`);
    write('A mail that says "resolved" follows each.');
    return isRight ? 0 : 1;
  } catch (error) {
    write(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
