import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { routesOf } from '../../src/notifications/matching.ts';
import { nobody } from '../../src/notifications/route.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import type { Config, NotifyRule, Responder, Smtp } from '../../src/config/config.ts';
import { company, config } from '../helpers/fake-config.ts';
import { describeReal } from '../helpers/real.ts';
import { receiversBy, withInstalled } from './amtool.ts';
import { casesOf } from '../helpers/nightly.ts';

const smtp: Smtp = { smarthost: 'localhost:25', from: 'a@acme.example', requireTls: false };
const hours = (count: number) => count * 3_600_000;

function responder(name: string, change: Partial<Responder> = {}): Responder {
  return { name, emails: [`${name}@parties.example`], language: 'en', allCompanies: true, ...change };
}

const acme = company('acme', { contacts: { emails: ['us@acme.example'], language: 'nl' } });
const globex = company('globex', { contacts: { emails: ['wir@globex.example'], language: 'de' } });
const silent = company('silent');

function routed(
  notify: readonly Partial<NotifyRule>[],
  responders: readonly Responder[] = [responder('erp_partner'), responder('web_agency')],
  companies = [acme, globex, silent],
): Config {
  return {
    ...config([], undefined, companies),
    responders: new Map(responders.map((entry) => [entry.name, entry])),
    alerting: { smtp, notify: notify.map((rule) => ({ match: {}, to: [], repeatMs: hours(4), ...rule })) },
  };
}

/** The receivers of an alert, by their parties. */
function told(of: Config, labels: Readonly<Record<string, string>>): readonly string[] {
  return routesOf(routingTree(of), labels).map(({ receiver }) => receiver);
}

describe('without rules', () => {
  const plain = routed([]);

  it('tells whoever acts first', () => {
    expect(told(plain, { responder: 'erp_partner', known: 'true', company: 'acme' })).toEqual([
      'responder/erp_partner/en',
    ]);
  });

  it('tells the agency of unknown errors and of what nobody with addresses answers for', () => {
    const agency = ['responder/web_agency/en'];
    expect(told(plain, { responder: 'erp_partner', known: 'false', company: 'acme' })).toEqual(agency);
    expect(told(plain, { responder: 'customer', company: 'acme' })).toEqual(agency);
    expect(told(plain, { alertname: 'ErpDatabaseDown' })).toEqual(agency);
  });

  it('tells the company instead when there is no agency', () => {
    const alone = routed([], [responder('erp_partner')]);
    expect(told(alone, { known: 'false', company: 'acme' })).toEqual(['company/acme/nl']);
    expect(told(alone, { company: 'globex' })).toEqual(['company/globex/de']);
  });

  it('tells the responder of an unknown error when neither can be told', () => {
    const alone = routed([], [responder('erp_partner')]);
    expect(told(alone, { known: 'false', responder: 'erp_partner', company: 'silent' })).toEqual([
      'responder/erp_partner/en',
    ]);
    expect(told(alone, { known: 'false', company: 'silent' })).toEqual([nobody]);
  });

  it('tells nobody of the watchdog', () => {
    expect(told(plain, { alertname: 'ErpWatchdog', responder: 'erp_partner' })).toEqual([nobody]);
  });
});

describe('rules', () => {
  it('are tried in their order, the default ones last', () => {
    const rules = routed([
      { match: { severity: ['critical'] }, to: ['erp_partner', 'company'] },
      { match: { severity: ['critical'] }, to: ['web_agency'] },
    ]);
    expect(told(rules, { severity: 'critical', company: 'acme' })).toEqual([
      'responder/erp_partner/en',
      'company/acme/nl',
    ]);
    expect(told(rules, { severity: 'warning', company: 'acme' })).toEqual(['responder/web_agency/en']);
  });

  it('can be for one environment', () => {
    const rules = routed([{ match: { environment: ['test'] }, to: ['web_agency'] }, { to: ['erp_partner'] }]);
    const alert = { severity: 'critical', company: 'acme' };
    expect(told(rules, { ...alert, environment: 'test' })).toEqual(['responder/web_agency/en']);
    expect(told(rules, { ...alert, environment: 'production' })).toEqual(['responder/erp_partner/en']);
    expect(told(rules, alert)).toEqual(['responder/erp_partner/en']);
  });

  it('pass on what they have nobody for', () => {
    const rules = routed([{ to: ['company', 'responder'] }, { to: ['web_agency'] }]);
    expect(told(rules, { company: 'silent', responder: 'erp_partner' })).toEqual([
      'responder/erp_partner/en',
    ]);
    expect(told(rules, { company: 'silent', responder: 'it' })).toEqual(['responder/web_agency/en']);
  });

  it('end the way of an alert that nobody shall be told of', () => {
    expect(told(routed([{ match: { flow: ['test'] }, to: [] }]), { flow: 'test', company: 'acme' })).toEqual([
      nobody,
    ]);
  });

  it('can name the watchdog, and only so get it', () => {
    const rules = routed([
      { to: ['erp_partner'] },
      { match: { alertname: ['ErpWatchdog'] }, to: ['web_agency'] },
    ]);
    expect(told(rules, { alertname: 'ErpWatchdog' })).toEqual(['responder/web_agency/en']);
  });

  it('tell parties that share their addresses and language once', () => {
    const shared = { emails: ['us@acme.example'], language: 'nl' };
    const rules = routed([{ to: ['shop_admin', 'company', 'responder'] }], [responder('shop_admin', shared)]);
    expect(told(rules, { company: 'acme', responder: 'shop_admin' })).toEqual(['responder/shop_admin/nl']);
    const dynamic = routed([{ to: ['company', 'responder'] }], [responder('shop_admin', shared)]);
    expect(told(dynamic, { company: 'acme', responder: 'shop_admin' })).toEqual(['responder/shop_admin/nl']);
    expect([...told(dynamic, { company: 'globex', responder: 'shop_admin' })].sort()).toEqual([
      'company/globex/de',
      'responder/shop_admin/nl',
    ]);
  });

  it('tell the first of two parties that share an address, and the second by its other addresses alone', () => {
    const desk = responder('shop_admin', { emails: ['desk@acme.example', 'US@acme.example'] });
    const rules = routed([{ to: ['shop_admin', 'company', 'responder'] }], [desk]);
    // The company has no other address.
    expect(told(rules, { company: 'acme' })).toEqual(['responder/shop_admin/en']);
    const turned = routed([{ to: ['company', 'responder'] }], [desk]);
    expect(told(turned, { company: 'acme', responder: 'shop_admin' })).toEqual([
      'company/acme/nl',
      'only/desk@acme.example/responder/shop_admin/en',
    ]);
    expect(told(turned, { company: 'globex', responder: 'shop_admin' })).toEqual([
      'company/globex/de',
      'responder/shop_admin/en',
    ]);
    const { receivers } = routingTree(turned);
    expect(receivers.find(({ name }) => name.startsWith('only/'))).toMatchObject({
      emails: ['desk@acme.example'],
      language: 'en',
    });
  });

  it('gather what is not critical, in one mail for a company', () => {
    const rules = routed([{ to: ['web_agency'], repeatMs: hours(24), digestMs: hours(1) }]);
    const times = (severity: string) =>
      routesOf(routingTree(rules), { severity }).map(
        ({ groupBy, groupWaitMs, groupIntervalMs, repeatMs }) => ({
          groupBy,
          groupWaitMs,
          groupIntervalMs,
          repeatMs,
        }),
      );
    expect(times('warning')).toEqual([
      {
        groupBy: ['environment', 'company'],
        groupWaitMs: hours(1),
        groupIntervalMs: hours(1),
        repeatMs: hours(24),
      },
    ]);
    expect(times('critical')).toEqual([{ repeatMs: hours(24) }]);
  });
});

const names = ['a', 'b.c', 'x|y', 'it"s', 'back\\slash', 'Ünï ✓', '(*'] as const;
const responderNames = ['erp_partner', 'web_agency', 'it'] as const;
const severities = ['critical', 'warning'] as const;
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const anyRule = fc.record({
  match: fc.record(
    {
      company: some(names),
      responder: some([...responderNames, 'customer']),
      severity: some(severities),
      environment: some(names),
      known: some(['true', 'false']),
    },
    { requiredKeys: [] },
  ),
  to: fc.subarray(['company', 'responder', 'erp_partner', 'it']),
  repeatMs: fc.constantFrom(hours(4), hours(24)),
});
const anyDigest = fc.option(fc.constantFrom(hours(1), hours(2)), { nil: undefined });
const anyConfig = fc
  .record({
    rules: fc.array(fc.tuple(anyRule, anyDigest), { maxLength: 4 }),
    withContacts: fc.subarray([...names]),
    withAddresses: fc.subarray([...responderNames]),
    shared: fc.boolean(),
  })
  .map(({ rules, withContacts, withAddresses, shared }) =>
    routed(
      rules.map(([rule, digestMs]) => (digestMs === undefined ? rule : { ...rule, digestMs })),
      withAddresses.map((name) => responder(name, shared ? { emails: ['one@all.example'] } : {})),
      names.map((name, index) =>
        withContacts.includes(name)
          ? company(name, {
              contacts: { emails: [shared ? 'one@all.example' : `c${index}@acme.example`], language: 'en' },
            })
          : company(name),
      ),
    ),
  );
const anyLabels = fc.record(
  {
    company: fc.constantFrom(...names, 'elsewhere'),
    responder: fc.constantFrom(...responderNames, 'customer'),
    severity: fc.constantFrom(...severities),
    known: fc.constantFrom('true', 'false'),
    alertname: fc.constantFrom('ErpRecordFailed', 'ErpWatchdog'),
  },
  { requiredKeys: [] },
);

/** By which sections of its tree an alert comes to its receivers, and when these are notified. */
function groupsOf(of: Config, labels: Readonly<Record<string, string>>) {
  const tree = routingTree(of);
  return routesOf(tree, labels).flatMap((route) =>
    [...tree.root.routes.entries()]
      .filter(([, section]) => section === route || section.routes.includes(route))
      .map(([section, { groupWaitMs, repeatMs }]) => ({
        section,
        receiver: route.receiver,
        key: JSON.stringify([route.receiver, groupWaitMs, repeatMs]),
      })),
  );
}

describe('every routing tree', () => {
  it('sends all that a receiver gets of a company by one route, unless rules repeat or gather it otherwise', () => {
    fc.assert(
      fc.property(anyConfig, fc.constantFrom(...names), anyLabels, anyLabels, (of, company, one, other) => {
        const groups = [one, other].flatMap(({ alertname: _, ...labels }) =>
          groupsOf(of, { ...labels, company }),
        );
        const byTimes = Map.groupBy(
          groups.filter(({ receiver }) => receiver !== nobody),
          ({ key }) => key,
        );
        for (const [key, same] of byTimes)
          expect(new Set(same.map(({ section }) => section)).size, key).toBe(1);
      }),
      { numRuns: casesOf(1000) },
    );
  });

  it('tells nobody twice of one alert', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        const receivers = told(of, labels);
        expect(receivers).toEqual([...new Set(receivers)]);
      }),
    );
  });

  it('loses no alert of a company with contacts, unless a rule says so', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        const contacts = of.companies.get(labels.company ?? '')?.contacts;
        fc.pre(contacts !== undefined && labels.alertname !== 'ErpWatchdog');
        fc.pre(of.alerting.notify.every(({ to }) => to.length > 0));
        expect(told(of, labels)).not.toContain(nobody);
      }),
    );
  });
});

describeReal('Alertmanager', ['alertmanager'], () => {
  it('decides as this program does, whatever companies are called', () => {
    fc.assert(
      fc.property(anyConfig, fc.array(anyLabels, { minLength: 2, maxLength: 2 }), (of, alerts) => {
        withInstalled(alertmanagerYaml(of, smtp), (file) => {
          for (const labels of alerts)
            expect(receiversBy(file, labels)).toEqual([...told(of, labels)].sort());
        });
      }),
      { numRuns: casesOf(25) },
    );
  }, 60_000);
});
