import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { alertmanagerYaml } from '../../src/notifications/alertmanager-yml.ts';
import { loadConfig } from '../../src/config/load.ts';
import { describeReal } from '../helpers/real.ts';
import { amtool, receiversBy, withInstalled } from './amtool.ts';

const committed = 'alertmanager/alertmanager.yml';

async function exampleYaml(): Promise<string> {
  const env = { SHOP_URL: 'postgres://exporter:geheim@shop.acme.lan/shop', ERP_PASSWORD: 'geheim' };
  const result = await loadConfig('config/erp-exporter.example.yml', { env });
  if (!result.ok || result.config.alerting.smtp === undefined) throw new Error('the example is wrong');
  return alertmanagerYaml(result.config, result.config.alerting.smtp);
}

const partnerOfAcme = 'responder/erp_partner/acme/de';
const partnerOfGlobex = 'responder/erp_partner/globex/de';
const shop = 'responder/shop_admin/acme/nl';
const agency = 'responder/web_agency/en';
const it_ = 'responder/it/en';
const acme = 'company/acme/nl';
const globex = 'company/globex/de';

/** Who must be told by the rules of the example, worked out by hand from its file. */
const expectations: readonly (readonly [labels: string, receivers: string])[] = [
  ['severity=critical flow=orders company=acme responder=erp_partner known=true', `${partnerOfAcme},${acme}`],
  [
    'severity=critical flow=orders company=globex responder=erp_partner known=true',
    `${partnerOfGlobex},${globex}`,
  ],
  ['severity=critical flow=datamove company=acme', `${partnerOfAcme},${acme}`],
  ['severity=critical flow=orders company=acme known=false', `${partnerOfAcme},${acme}`],
  ['severity=critical flow=crm company=acme responder=erp_partner', partnerOfAcme],
  ['severity=critical flow=crm company=acme responder=web_agency', agency],
  ['severity=critical flow=crm company=acme responder=it', it_],
  ['severity=critical flow=crm company=acme responder=customer', agency],
  ['severity=critical flow=crm company=acme responder=shop_admin', shop],
  // Globex has no such responder, and that of ACME is none of its business.
  ['severity=critical flow=crm company=globex responder=shop_admin', agency],
  // The error's responder has no address there: the monitor's has.
  ['severity=critical flow=crm company=globex monitor=web_orders responder=shop_admin', partnerOfGlobex],
  ['severity=critical flow=crm company=elsewhere responder=erp_partner', agency],
  ['severity=critical flow=crm company=globex', agency],
  ['severity=warning flow=orders company=acme responder=erp_partner known=true', partnerOfAcme],
  ['severity=warning flow=orders company=acme responder=web_agency known=true', agency],
  ['severity=warning flow=orders company=acme responder=it known=true', it_],
  ['severity=warning flow=orders company=acme responder=customer known=true', acme],
  ['severity=warning flow=orders company=globex responder=shop_admin known=true', globex],
  ['severity=warning flow=orders company=acme responder=erp_partner known=false', agency],
  ['severity=warning flow=orders company=acme responder=customer known=false', agency],
  ['severity=warning flow=orders company=acme', agency],
  ['alertname=ErpDatabaseDown severity=critical responder=it database=erp', it_],
  ['alertname=ErpExporterDown severity=critical responder=it', it_],
  ['alertname=ErpWatchdog severity=info responder=it', 'nobody'],
];

describe('the committed alertmanager.yml', () => {
  it('is what erp-exporter alertmanager prints for the example', async () => {
    expect(await readFile(committed, 'utf8')).toBe(await exampleYaml());
  });

  it('holds no secret of the configuration', async () => {
    const yaml = await exampleYaml();
    expect(yaml).not.toContain('geheim');
    expect(yaml).toContain('smtp_auth_password_file: /run/secrets/smtp');
  });
});

describeReal('amtool', ['alertmanager'], () => {
  it('accepts it, with its templates beside it', async () => {
    const yaml = await exampleYaml();
    expect(withInstalled(yaml, (file) => amtool(['check-config', file]))).toMatch(/SUCCESS\s*$/);
  });

  it.each(expectations)('%s goes to %s', (labels, receivers) => {
    const pairs = labels.split(' ').map((label) => label.split('=') as [string, string]);
    expect(receiversBy(committed, Object.fromEntries(pairs))).toEqual(receivers.split(',').sort());
  });
});
