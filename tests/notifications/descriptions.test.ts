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
});
