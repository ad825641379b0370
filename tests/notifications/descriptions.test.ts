import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import type { AlertCase } from '../alerts/support/cases.ts';
import { allCases } from '../alerts/support/test-files.ts';
import { describeReal } from '../helpers/real.ts';
import { amtool, withInstalled } from './amtool.ts';
import { endpointAlerts } from './endpoint-alerts.ts';
import { mailConfig } from './scenarios.ts';

const config = mailConfig();
const { smtp } = config.alerting;
if (smtp === undefined) throw new Error('no mail server');
const yaml = alertmanagerYaml(config, smtp);

/** The annotations that the mails speak from, without what the rules say in that language themselves. */
const spoken = (annotations: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('description')));

/** Those that have no words of their own in the mails: their rules say it in every language. */
const others = /^Erp(?:Job(?:Disabled|Late|NeverRan|Unknown)|NoJobs)$/;
const cases = allCases.filter(({ alert }) => !others.test(alert));

/** What the mails say of alerts in a language, a line for each. amtool knows no titles of companies. */
function saidOf(
  alerts: readonly Pick<AlertCase, 'alert' | 'labels' | 'annotations'>[],
  language: string,
): readonly string[] {
  const told = alerts.map(({ alert, labels, annotations, ...others }) => ({
    status: 'firing',
    labels: { ...labels, alertname: alert, severity: 'severity' in others ? others.severity : 'warning' },
    annotations: spoken(annotations),
    startsAt: '2026-11-21T09:42:00Z',
  }));
  const said = withInstalled(yaml, (_file, folder) => {
    const data = join(folder, 'data.json');
    writeFileSync(data, JSON.stringify({ receiver: 'x', status: 'firing', alerts: told }));
    const text = `{{ range .Alerts }}{{ template "erp.describe.${language}" . }}\n{{ end }}`;
    return amtool([
      ...['template', 'render', `--template.glob=${join(folder, 'templates', '*.tmpl')}`],
      ...['--template.type=text', `--template.data=${data}`, `--template.text=${text}`],
    ]);
  });
  return said.trimEnd().split('\n');
}

describeReal('what alerts say', ['alertmanager'], () => {
  it.each(['nl', 'de', 'fr'] as const)('in %s is made of their labels and annotations', (language) => {
    const all = [...cases, ...endpointAlerts];
    const lines = saidOf(all, language);
    expect(lines).toEqual(all.map(({ annotations }) => annotations[`description_${language}`]));
    expect(lines.length).toBeGreaterThan(40);
  });

  it('in English has what the description of endpoints may not ask for', () => {
    expect(saidOf(endpointAlerts, 'en')).toEqual(
      endpointAlerts.map(({ annotations }) => annotations['description']),
    );
  });

  it('is how many e-mails failed and how many are late, or both together where nobody knows', () => {
    const labels = { company: 'acme', monitor: 'mails' };
    const mails = ['failed: 2\nlate: 1\n', 'failed: 1\n', 'late: 12\n', ''].map((details) => ({
      alert: 'ErpMailsNotGenerated',
      labels,
      annotations: { record_count: '3', details },
    }));
    const inEach = Object.fromEntries(['en', 'nl', 'de', 'fr'].map((each) => [each, saidOf(mails, each)]));
    const all = (before: string, texts: readonly string[], monitor: string) =>
      texts.map((text) => `${before} ${text} (${monitor} mails).`);
    expect(inEach).toEqual({
      en: all(
        'acme: e-mails not generated:',
        ['2 failed, 1 late', '1 failed', '12 late', '3 failed or late'],
        'monitor',
      ),
      nl: all(
        'acme: e-mails niet aangemaakt:',
        ['2 mislukt, 1 te laat', '1 mislukt', '12 te laat', '3 mislukt of te laat'],
        'controle',
      ),
      de: all(
        'acme: nicht erzeugte E-Mails:',
        [
          '2 fehlgeschlagen, 1 verspätet',
          '1 fehlgeschlagen',
          '12 verspätet',
          '3 fehlgeschlagen oder verspätet',
        ],
        'Prüfung',
      ),
      fr: all(
        'acme\u00a0: e-mails non générés\u00a0:',
        ['2 en échec, 1 en retard', '1 en échec', '12 en retard', '3 en échec ou en retard'],
        'contrôle',
      ),
    });
  });
});
