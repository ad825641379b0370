import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parseDocument, stringify } from 'yaml';
import { alertmanager } from '../../src/commands/alertmanager.ts';

/** The folder of this repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ports {
  readonly exporter: number;
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly smtp: number;
}

/** Who acts in the demo, when its configuration does not say so. */
const responders = {
  erp_partner: { emails: ['support@partner.example'], language: 'de' },
  web_agency: { emails: ['helpdesk@agency.example'], language: 'en' },
  shop_admin: { emails: ['shop@acme.example'], language: 'nl' },
  it: { emails: ['it@acme.example'], language: 'fr' },
};

/** The demo's configuration with this mail server, and with somebody to write to where it names nobody. */
function withMail(demo: string, ports: Ports): string {
  const document = parseDocument(demo);
  document.set('smtp', {
    smarthost: `127.0.0.1:${ports.smtp}`,
    from: 'erp-exporter@demo.example',
    require_tls: false,
  });
  document.set('page_url', `http://127.0.0.1:${ports.exporter}/`);
  document.delete('grafana_url');
  if (!document.has('responders')) document.set('responders', responders);
  const companies = document.get('companies');
  if (isMap(companies))
    for (const { key } of companies.items) {
      const path = ['companies', String(key), 'contacts'];
      if (!document.hasIn(path)) document.setIn(path, { emails: [`orders@${String(key)}.example`] });
    }
  return document.toString();
}

/**
 * Writes `alertmanager.yml` with its templates: what `erp-exporter alertmanager` makes of the demo's configuration.
 *
 * @returns the path of the file.
 * @throws Error with what is wrong with the configuration.
 */
export async function writeAlertmanager(folder: string, ports: Ports): Promise<string> {
  const config = join(folder, 'erp-exporter.yml');
  const file = join(folder, 'alertmanager.yml');
  await mkdir(folder, { recursive: true });
  await writeFile(config, withMail(await readFile(join(root, 'config/demo.yml'), 'utf8'), ports));
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await alertmanager({
    file: config,
    // It connects to nothing.
    env: { SHOP_URL: 'postgres://demo@127.0.0.1/shop', ERP_URL: 'postgres://demo@127.0.0.1/erp' },
    write: (line) => void lines.push(line),
    writeError: (line) => void complaints.push(line),
  });
  if (code !== 0) throw new Error(complaints.join('\n'));
  await writeFile(file, `${lines.join('\n')}\n`);
  await cp(join(root, 'alertmanager/templates'), join(folder, 'templates'), { recursive: true });
  return file;
}

/** Writes `prometheus.yml`: the exporter, the rules of this repository, Alertmanager. @returns the path of the file. */
export async function writePrometheus(folder: string, ports: Ports): Promise<string> {
  const file = join(folder, 'prometheus.yml');
  const at = (port: number) => [{ targets: [`127.0.0.1:${port}`] }];
  await mkdir(folder, { recursive: true });
  await writeFile(
    file,
    stringify({
      global: { scrape_interval: '5s', evaluation_interval: '5s' },
      rule_files: ['erp.rules.yml', 'erp.recording.yml'].map((name) => join(root, 'alerts', name)),
      alerting: { alertmanagers: [{ static_configs: at(ports.alertmanager) }] },
      scrape_configs: [{ job_name: 'erp', static_configs: at(ports.exporter) }],
    }),
  );
  return file;
}
