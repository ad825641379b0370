import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TicketRule } from '../../src/config/config.ts';
import { kinds } from '../../src/monitors/kinds.ts';
import type { MonitorKind } from '../../src/monitors/contract.ts';
import { explainRoutes } from '../../src/notifications/explanation.ts';
import { routingTree } from '../../src/notifications/routes.ts';
import { shippedAlerts } from '../../src/notifications/shipped-alerts.ts';
import { company, config, monitor } from '../helpers/fake-config.ts';

const alerts = shippedAlerts(readFileSync('alerts/erp.rules.yml', 'utf8'));

function kindOf(name: string): MonitorKind {
  const found = kinds.find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`no kind ${name}`);
  return found;
}

const contacts = (email: string) => ({ contacts: { emails: [email], language: 'en' } });
const desk = (rule: Partial<TicketRule>): TicketRule => ({
  match: {},
  tracker: 'desk',
  mails: true,
  ...rule,
});

const subject = {
  ...config(
    [
      monitor('orders', { kind: kindOf('records'), companies: ['acme', 'globex'] }),
      monitor('moves', { kind: kindOf('jobs'), companies: ['acme'] }),
    ],
    undefined,
    [company('acme', contacts('a@acme.example')), company('globex', contacts('g@globex.example'))],
  ),
  tickets: {
    trackers: new Map(),
    rules: [
      desk({ match: { alertname: ['ErpJobFailed'] }, mails: false }),
      desk({ match: { known: ['false'], company: ['acme'] } }),
      { match: {}, tracker: undefined, mails: true },
    ],
    webhook: { url: 'http://erp-exporter:9745', credentialsFile: '/token' },
    tokenHash: '',
    alertmanagerUrl: undefined,
    commentEveryMs: 1,
    reopenWithinMs: 1,
    closeAfterMs: 1,
  },
};

describe('the alerts of the rules', () => {
  it('are found with what routes see of them', () => {
    expect(alerts.find(({ name }) => name === 'ErpDatabaseDown')).toMatchObject({
      severities: ['critical'],
      responder: 'it',
      labels: new Set(['environment', 'database']),
    });
    expect(alerts.find(({ name }) => name === 'ErpRecordsLate')?.severities).toEqual(
      expect.arrayContaining(['critical', 'warning']),
    );
    expect(alerts.filter(({ isOfUnknown }) => isOfUnknown).map(({ name }) => name)).toEqual([
      'ErpNewKindOfError',
    ]);
    expect(
      alerts
        .filter(({ labels }) => !labels.has('company'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'ErpConfigReloadFailed',
      'ErpDatabaseClockSkew',
      'ErpDatabaseDown',
      'ErpExporterDown',
      'ErpMonitorStale',
      'ErpOutboxNotWritten',
      'ErpOutboxStuck',
      'ErpRedundancyLost',
      'ErpRunsSkipped',
      'ErpStateFileNotWritten',
      'ErpWatchdog',
    ]);
  });
});

describe('which alert makes a mail, a ticket, or both', () => {
  const rows = explainRoutes({ config: subject, tree: routingTree(subject), kinds }, alerts);
  const of = (alert: string) => rows.filter((row) => row.alert === alert);

  it('tells of a ticket alone', () => {
    expect(of('ErpJobFailed')).toEqual(
      ['warning', 'critical'].map((severity) => ({
        alert: 'ErpJobFailed',
        severity,
        error: '-',
        companies: 'acme',
        monitors: 'moves',
        responders: '-',
        mail: '-',
        ticket: 'desk',
      })),
    );
  });

  it('tells known from unknown errors, and companies from one another', () => {
    const warnings = of('ErpRecordFailed').filter(({ severity }) => severity === 'warning');
    expect(warnings.map(({ error, companies, mail, ticket }) => [error, companies, mail, ticket])).toEqual([
      ['unknown', 'acme', 'a@acme.example', 'desk'],
      ['unknown', 'globex', 'g@globex.example', '-'],
    ]);
  });

  it('says of a monitor only what its kind can raise', () => {
    expect(of('ErpRecordFailed').some(({ monitors }) => monitors.includes('moves'))).toBe(false);
    expect(of('ErpSyncStale')).toEqual([]);
    expect(new Set(of('ErpMonitorFailing').map(({ monitors }) => monitors))).toEqual(
      new Set(['all', 'orders']),
    );
  });

  it('makes no ticket of the alert that always fires', () => {
    expect(of('ErpWatchdog').every(({ ticket }) => ticket === '-')).toBe(true);
  });
});
