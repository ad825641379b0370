import type { Config, Contacts } from '../../../src/config/config.ts';
import { company, config, monitor } from '../../helpers/fake-config.ts';
import { monitors } from './readings.ts';

const contacts = (email: string, language = 'en'): Contacts => ({ emails: [email], language });

const ofAll = (name: string, email: string) => [name, { name, ...contacts(email), allCompanies: true }] as const;

/** Who gets mails in the simulated month, as the configuration of an agency with two clients says it. */
export function simulatedConfig(): Config {
  const shared = [...Map.groupBy(monitors, (setup) => setup.monitor)].flatMap(([name, setups]) =>
    setups.slice(0, 1).map(({ responder, criticality, flow, database, sends }) =>
      monitor(name, {
        companies: setups.map(({ company: served }) => served),
        databases: database.split(','),
        ...{ responder, criticality, flow, sends },
      }),
    ),
  );
  const acme = company('acme', {
    contacts: contacts('orders@acme.example', 'nl'),
    responders: new Map([
      ['shop_admin', contacts('shop@acme.example', 'nl')],
      ['customer', contacts('orders@acme.example', 'nl')],
    ]),
  });
  const globex = company('globex', { contacts: contacts('orders@globex.example', 'de') });
  return {
    ...config(shared, undefined, [acme, globex]),
    responders: new Map([
      ofAll('web_agency', 'desk@agency.example'),
      ofAll('it', 'it@agency.example'),
      ofAll('erp_partner', 'support@partner.example'),
    ]),
    alerting: { notify: [{ match: { severity: ['critical'] }, to: ['responder', 'company'], repeatMs: 14_400_000 }] },
  };
}
