import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Company, Config, Contacts, NotifyRule, Responder, Smtp } from '../../src/config/config.ts';
import { AddressBook } from '../../src/notifications/address-book.ts';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { unroutedAlerts } from '../../src/notifications/coverage.ts';
import { routesOf } from '../../src/notifications/matching.ts';
import { nobody } from '../../src/notifications/route.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';
import { casesOf } from '../helpers/nightly.ts';
import { describeReal } from '../helpers/real.ts';
import { receiversBy, withInstalled } from './amtool.ts';

type Labels = Readonly<Record<string, string>>;

const smtp: Smtp = { smarthost: 'localhost:25', from: 'a@acme.example', requireTls: false };
const names = ['acme', 'x|y', 'shop_admin', '(*', 'Ünï ✓'] as const;
const responderNames = ['customer', 'shop_admin', 'erp_partner', 'web_agency', 'it'] as const;
const monitorNames = ['orders', 'stock'] as const;
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

/** Few addresses, so that parties share some or all of them, also across companies. Two are one mailbox. */
const anyContacts: fc.Arbitrary<Contacts> = fc.record({
  emails: fc.subarray(['a@x.example', 'b@x.example', 'c@x.example', 'C@x.example'], { minLength: 1 }),
  language: fc.constantFrom('en', 'nl'),
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const anyResponders = fc
  .dictionary(fc.constantFrom(...responderNames), anyContacts, { noNullPrototype: true })
  .map((entries) => new Map(Object.entries(entries)));

const anyCompany = (name: string): fc.Arbitrary<Company> =>
  fc
    .record({ contacts: optional(anyContacts), responders: anyResponders })
    .map(({ contacts, responders }) =>
      company(name, contacts === undefined ? { responders } : { responders, contacts }),
    );

const anyShared: fc.Arbitrary<readonly Responder[]> = fc
  .subarray([...responderNames])
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) =>
        fc
          .tuple(anyContacts, fc.boolean())
          .map(([contacts, allCompanies]): Responder => ({ name, ...contacts, allCompanies })),
      ),
    ),
  );

const anyRule = (companies: readonly string[]): fc.Arbitrary<NotifyRule> =>
  fc
    .record({
      match: fc.record(
        {
          company: some(companies),
          responder: some(responderNames),
          monitor: some(monitorNames),
          severity: some(['critical', 'warning']),
          known: some(['true', 'false']),
        },
        { requiredKeys: [] },
      ),
      to: fc.subarray(['company', 'responder', ...responderNames]),
      digestMs: optional(fc.constant(3_600_000)),
    })
    .map(({ match, to, digestMs }) => ({
      match,
      to,
      repeatMs: 14_400_000,
      ...(digestMs === undefined ? {} : { digestMs }),
    }));

const anyConfig: fc.Arbitrary<Config> = some(names).chain((chosen) =>
  fc
    .record({
      companies: fc.tuple(...chosen.map(anyCompany)),
      shared: anyShared,
      notify: fc.array(anyRule(chosen), { maxLength: 3 }),
      monitors: fc.tuple(
        ...monitorNames.map((name) =>
          fc
            .record({
              companies: some(chosen),
              responder: fc.constantFrom('', ...responderNames),
              criticality: fc.constantFrom('critical' as const, 'normal' as const),
            })
            .map((change) => monitor(name, change)),
        ),
      ),
    })
    .map(({ companies, shared, notify, monitors }) => ({
      ...config(monitors, undefined, companies),
      responders: new Map(shared.map((entry) => [entry.name, entry])),
      alerting: { smtp, notify },
    })),
);

const anyLabels: fc.Arbitrary<Labels> = fc.record(
  {
    company: fc.constantFrom(...names, 'elsewhere'),
    responder: fc.constantFrom(...responderNames),
    monitor: fc.constantFrom(...monitorNames),
    severity: fc.constantFrom('critical', 'warning'),
    known: fc.constantFrom('true', 'false'),
    alertname: fc.constantFrom('ErpRecordFailed', 'ErpDatabaseDown', 'ErpWatchdog'),
  },
  { requiredKeys: [] },
);

/** The addresses that the configuration gives for alerts about a company, read off it without the product's help. */
function givenFor({ companies, responders }: Config, name: string): ReadonlySet<string> {
  const own = companies.get(name);
  const shared = [...responders.values()].filter(
    ({ allCompanies }) =>
      allCompanies === true || (companies.size === 1 && (name === '' || own !== undefined)),
  );
  return new Set(
    [...(own?.contacts === undefined ? [] : [own.contacts]), ...(own?.responders?.values() ?? []), ...shared]
      .map(({ emails }) => emails)
      .flat(),
  );
}

const told = (of: Config, labels: Labels) =>
  routesOf(routingTree(of), labels).map(({ receiver }) => receiver);

function addressesOf(of: Config, receivers: readonly string[]): readonly string[] {
  const found = new Map(routingTree(of).receivers.map(({ name, emails }) => [name, emails]));
  return receivers.flatMap((name) => (name === nobody ? [] : (found.get(name) ?? ['no such receiver'])));
}

function scopeOf({ companies }: Config, { company: name = '' }: Labels): string | undefined {
  return name === '' || companies.has(name) ? name : undefined;
}

const mailboxesOf = (of: Config, receivers: readonly string[]): string[] =>
  addressesOf(of, receivers).map((email) => email.toLowerCase());

describe('mails about a company', () => {
  it('reach no address that was not given for it', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        const given = givenFor(of, labels['company'] ?? '');
        expect(addressesOf(of, told(of, labels)).filter((email) => !given.has(email))).toEqual([]);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('reach no address twice, whatever parties share it', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        const mailboxes = mailboxesOf(of, told(of, labels));
        expect(mailboxes).toEqual([...new Set(mailboxes)]);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('reach every address of those whom a rule names', () => {
    const named = fc.subarray(['company', ...responderNames], { minLength: 1 });
    fc.assert(
      fc.property(anyConfig, anyLabels, named, (given, labels, to) => {
        const of = { ...given, alerting: { smtp, notify: [{ match: {}, to, repeatMs: 14_400_000 }] } };
        const own = of.companies.get(labels['company'] ?? '');
        fc.pre(own !== undefined && labels['alertname'] !== 'ErpWatchdog');
        const shared = (name: string) => {
          const entry = of.responders.get(name);
          return entry?.allCompanies === true || of.companies.size === 1 ? entry : undefined;
        };
        const parties = to.map((name) =>
          name === 'company' ? own.contacts : (own.responders?.get(name) ?? shared(name)),
        );
        const wanted = new Set(
          parties.flatMap((party) => party?.emails ?? []).map((email) => email.toLowerCase()),
        );
        fc.pre(wanted.size > 0);
        expect(mailboxesOf(of, told(of, labels)).sort()).toEqual([...wanted].sort());
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('are one mail for the agency, for whatever reasons it gets them where no rule says so', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, anyLabels, (given, one, other) => {
        const of = { ...given, alerting: { smtp, notify: [] } };
        const tree = routingTree(of);
        const agency = new AddressBook(of).responder('web_agency', scopeOf(of, one));
        fc.pre(agency !== undefined);
        const routes = [one, { ...other, company: one['company'] ?? '' }].flatMap((labels) =>
          routesOf(tree, labels).filter(({ receiver }) => receiver === agency),
        );
        // Alertmanager groups by the route.
        expect(new Set(routes).size).toBeLessThanOrEqual(1);
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('have receivers with names of their own', () => {
    fc.assert(
      fc.property(anyConfig, (of) => {
        const all = routingTree(of).receivers.map(({ name }) => name);
        expect(all).toEqual([...new Set(all)]);
      }),
    );
  });

  it('are never one mail for two companies or environments', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        for (const { groupBy } of [routingTree(of).root, ...routesOf(routingTree(of), labels)])
          expect(groupBy ?? ['environment', 'company']).toEqual(['environment', 'company']);
      }),
    );
  });

  it('reach somebody if they are critical ones of a critical monitor, unless check fails or a rule drops them', () => {
    fc.assert(
      fc.property(anyConfig, anyLabels, (of, labels) => {
        const about = of.monitors.find(({ name }) => name === labels['monitor']);
        const isCritical = about?.criticality === 'critical' && labels['severity'] === 'critical';
        fc.pre(isCritical && about.companies.includes(labels['company'] ?? ''));
        fc.pre(labels['alertname'] !== 'ErpWatchdog' && of.alerting.notify.every(({ to }) => to.length > 0));
        const isRefused = unroutedAlerts(of, routingTree(of)).some((lost) => lost.isCritical);
        if (!isRefused) expect(told(of, { flow: about.flow, ...labels })).not.toContain(nobody);
      }),
      { numRuns: casesOf(500) },
    );
  });
});

describeReal('Alertmanager', ['alertmanager'], () => {
  it('sends them nowhere else either', () => {
    fc.assert(
      fc.property(anyConfig, fc.array(anyLabels, { minLength: 2, maxLength: 2 }), (of, alerts) => {
        withInstalled(alertmanagerYaml(of, smtp), (file) => {
          for (const labels of alerts) {
            const receivers = receiversBy(file, labels);
            expect(receivers).toEqual([...told(of, labels)].sort());
            const given = givenFor(of, labels['company'] ?? '');
            expect(addressesOf(of, receivers).filter((email) => !given.has(email))).toEqual([]);
            const mailboxes = mailboxesOf(of, receivers);
            expect(mailboxes).toEqual([...new Set(mailboxes)]);
          }
        });
      }),
      { numRuns: casesOf(25) },
    );
  }, 90_000);
});
