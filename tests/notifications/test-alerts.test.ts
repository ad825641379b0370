import { describe, expect, it } from 'vitest';
import { routesOf } from '../../src/notifications/matching.ts';
import { nobody } from '../../src/notifications/route.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import type { Route } from '../../src/notifications/route.ts';
import { planTest } from '../../src/notifications/test-alerts.ts';
import type { Config, NotifyRule } from '../../src/config/config.ts';
import { company, config } from '../helpers/fake-config.ts';

const hour = 3_600_000;

function routed(notify: readonly Partial<NotifyRule>[]): Config {
  const contacts = (name: string) => ({ emails: [`${name}@acme.example`], language: 'en' });
  const parties = ['erp_partner', 'web_agency'].map(
    (name) => [name, { name, ...contacts(name), allCompanies: true }] as const,
  );
  return {
    ...config([], undefined, [company('acme', { contacts: contacts('acme') }), company('globex')]),
    responders: new Map(parties),
    alerting: { notify: notify.map((rule) => ({ match: {}, to: [], repeatMs: 4 * hour, ...rule })) },
  };
}

/** Every route that tells someone. */
function telling(route: Route): readonly Route[] {
  return [...(route.receiver === nobody ? [] : [route]), ...route.routes.flatMap(telling)];
}

describe('a plan', () => {
  const of = routed([
    { match: { severity: ['critical'], flow: ['orders'] }, to: ['erp_partner', 'company'] },
    { match: { known: ['false'] }, to: ['web_agency'] },
    { match: { severity: ['warning'] }, to: ['company'], digestMs: hour },
  ]);
  const tree = routingTree(of);
  const { alerts, unreachable } = planTest(tree, of, 'run');

  it('takes every route that tells someone, but for those that no alert can take', () => {
    const taken = new Set(alerts.flatMap(({ labels }) => routesOf(tree, labels)));
    const untold = telling(tree.root).filter((route) => !taken.has(route));
    expect(untold.map(({ origin, receiver }) => `${origin} to ${receiver}`)).toEqual(unreachable);
    expect(unreachable).toEqual([]);
  });

  it('says whom each alert reaches, and after how long', () => {
    const [first] = alerts;
    expect(first?.labels).toMatchObject({ severity: 'critical', flow: 'orders', company: 'acme' });
    expect(first?.receivers).toEqual(['company/acme/en', 'responder/erp_partner/en']);
    expect(first?.delayMs).toBe(300_000);
    const digest = alerts.find(
      ({ labels }) => labels['severity'] === 'warning' && labels['known'] === undefined,
    );
    expect(digest?.delayMs).toBe(hour);
  });

  it('is of the environment of the exporter, save where a rule names another', () => {
    const several = routed([
      { match: { environment: ['production'], severity: ['critical'] }, to: ['erp_partner'] },
      { match: { environment: ['test'] }, to: ['web_agency'] },
      { to: ['company'] },
    ]);
    const here = { ...several, environment: 'test' };
    const environments = planTest(routingTree(here), here, 'run').alerts.map(({ labels, receivers }) => [
      labels['environment'],
      ...receivers,
    ]);
    expect(environments).toContainEqual(['production', 'responder/erp_partner/en']);
    expect(environments).toContainEqual(['test', 'responder/web_agency/en']);
    // What no rule names is of an exporter without an environment.
    expect(environments).toContainEqual(['production', 'company/acme/en']);
  });

  it('has alerts that differ, so that none inhibits another', () => {
    const records = alerts.map(({ labels }) => labels['record']);
    expect(new Set(records).size).toBe(alerts.length);
    expect(records[0]).toBe('TEST-run-1');
  });

  it('leaves the watchdog alone', () => {
    const watched = routed([{ match: { alertname: ['ErpWatchdog'] }, to: ['web_agency'] }]);
    const plan = planTest(routingTree(watched), watched, 'run');
    expect(plan.alerts.map(({ labels }) => labels['alertname'])).not.toContain('ErpWatchdog');
  });

  it('names a rule that another hides', () => {
    const hidden = routed([{ to: ['web_agency'] }, { match: { flow: ['orders'] }, to: ['erp_partner'] }]);
    expect(planTest(routingTree(hidden), hidden, 'run').unreachable).toContain(
      'notify[1] to responder/erp_partner/en',
    );
  });
});
