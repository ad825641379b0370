import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Config, NotifyMatch, TicketRule, Tickets } from '../../src/config/config.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { holds, routesOf } from '../../src/notifications/matching.ts';
import type { Labels } from '../../src/notifications/matching.ts';
import { nobody, ticketDesk } from '../../src/notifications/route.ts';
import type { Route } from '../../src/notifications/route.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import { matchersOf } from '../../src/notifications/rule-routes.ts';
import { ticketRoutes } from '../../src/notifications/ticket-routes.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';
import { describeReal } from '../helpers/real.ts';
import { amtool, receiversBy, withInstalled } from './amtool.ts';
import { casesOf } from '../helpers/nightly.ts';

const smtp = { smarthost: 'mail.example:25', from: 'erp@acme.example', requireTls: false };

function withTickets(rules: readonly TicketRule[]): Config {
  const tickets: Tickets = {
    trackers: new Map(),
    rules: [...rules, { match: {}, tracker: undefined, mails: true }],
    webhook: { url: 'http://erp-exporter:9745', credentialsFile: '/etc/alertmanager/token' },
    tokenHash: '',
    alertmanagerUrl: undefined,
    commentEveryMs: 1,
    reopenWithinMs: 1,
    closeAfterMs: 1,
  };
  const own = (name: string) =>
    company(name, { contacts: { emails: [`${name}@${name}.example`], language: 'en' } });
  return {
    ...config([monitor('m', { companies: ['a', 'b'] })], undefined, [own('a'), own('b')]),
    alerting: { notify: [], smtp },
    tickets,
  };
}

/** The receivers that an alert is sent to, in the order of the routes, as Alertmanager decides it. */
function reached(routes: readonly Route[], labels: Labels): readonly string[] {
  const found: string[] = [];
  for (const route of routes) {
    if (!route.matchers.every((matcher) => holds(matcher, labels))) continue;
    found.push(route.receiver);
    if (!route.continues) break;
  }
  return found;
}

const values = (...names: readonly string[]) =>
  fc.option(fc.subarray([...names], { minLength: 1 }), { nil: undefined });
const anyMatch: fc.Arbitrary<NotifyMatch> = fc
  .record({
    alertname: values('ErpJobFailed', 'ErpRecordFailed'),
    company: values('a', 'b'),
    severity: values('critical', 'warning'),
    known: values('true', 'false'),
  })
  .map((match) => Object.fromEntries(Object.entries(match).filter(([, list]) => list !== undefined)));
const anyRule: fc.Arbitrary<TicketRule> = fc
  .record({ match: anyMatch, isTicket: fc.boolean(), mails: fc.boolean() })
  .map(({ match, isTicket, mails }) => ({
    match,
    tracker: isTicket ? 'desk' : undefined,
    mails: mails || !isTicket,
  }));
const anyAlert = fc.record({
  alertname: fc.constantFrom('ErpJobFailed', 'ErpRecordFailed', 'ErpRecordsLate', 'ErpWatchdog'),
  company: fc.constantFrom('a', 'b', 'c', ''),
  severity: fc.constantFrom('critical', 'warning'),
  known: fc.constantFrom('true', 'false', ''),
});

describe('routes of tickets', () => {
  it('keep from the mails what the first rule that matches makes a ticket of alone, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyAlert, (rules, labels) => {
        const { routes, mailedToo } = ticketRoutes(withTickets(rules));
        expect(mailedToo).toEqual([]);
        const first = rules.find(({ match }) => matchersOf(match).every((matcher) => holds(matcher, labels)));
        const isAlone = labels.alertname !== 'ErpWatchdog' && first?.tracker !== undefined && !first.mails;
        const mail: Route = { origin: 'mail', receiver: 'mail', matchers: [], continues: false, routes: [] };
        expect(reached([...routes, mail], labels)).toEqual(isAlone ? [ticketDesk] : [ticketDesk, 'mail']);
      }),
      { numRuns: casesOf(1000) },
    );
  });

  it('mails as well, and says so, what rules before make too complicated', () => {
    const lists = ['alertname', 'company', 'flow', 'monitor', 'severity', 'responder'] as const;
    const before = Array.from({ length: 40 }, (_, index): TicketRule => ({
      match: Object.fromEntries(lists.map((label) => [label, [`${label}${index}`]])),
      tracker: undefined,
      mails: true,
    }));
    const last: TicketRule = { match: {}, tracker: 'desk', mails: false };
    const { routes, mailedToo } = ticketRoutes(withTickets([...before, last]));
    expect(mailedToo).toEqual([last]);
    expect(reached(routes, { alertname: 'ErpJobFailed' })).toEqual([ticketDesk]);
    expect(routes.at(-1)?.continues).toBe(true);
  });

  it('do not count as somebody who is told, unless they make a ticket', () => {
    const tree = routingTree(withTickets([{ match: { company: ['a'] }, tracker: 'desk', mails: false }]));
    const receivers = (labels: Labels) => routesOf(tree, labels).map(({ receiver }) => receiver);
    expect(receivers({ alertname: 'ErpJobFailed', company: 'a' })).toEqual([ticketDesk]);
    expect(receivers({ alertname: 'ErpJobFailed', company: 'b' })).toEqual(['company/b/en']);
    expect(receivers({ alertname: 'ErpDatabaseDown', company: '' })).toEqual([nobody]);
  });
});

it('is no part of a configuration without tickets', () => {
  const { tickets: _, ...without } = withTickets([]);
  expect(alertmanagerYaml(without, smtp)).not.toContain(`receiver: ${ticketDesk}`);
});

describeReal('amtool', ['alertmanager'], () => {
  const yaml = alertmanagerYaml(
    withTickets([{ match: { alertname: ['ErpJobFailed'], company: ['a'] }, tracker: 'desk', mails: false }]),
    smtp,
  );

  it('names the receiver, its token as a file, and no secret', () => {
    const { receivers } = parse(yaml) as { receivers: { name: string }[] };
    expect(receivers.find(({ name }) => name === ticketDesk)).toEqual({
      name: ticketDesk,
      webhook_configs: [
        {
          url: 'http://erp-exporter:9745/api/v1/alertmanager',
          send_resolved: true,
          max_alerts: 0,
          http_config: {
            authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/token' },
            follow_redirects: false,
          },
        },
      ],
    });
  });

  it('is taken by Alertmanager, which routes as we say', () => {
    withInstalled(yaml, (file) => {
      expect(amtool(['check-config', file])).toContain('SUCCESS');
      const to = (labels: Labels) => receiversBy(file, labels);
      expect(to({ alertname: 'ErpJobFailed', company: 'a' })).toEqual([ticketDesk]);
      expect(to({ alertname: 'ErpJobFailed', company: 'b' })).toEqual(['company/b/en', ticketDesk]);
      expect(to({ alertname: 'ErpWatchdog' })).toEqual([ticketDesk]);
    });
  });
});
