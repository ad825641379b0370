import { company } from '../../helpers/fake-config.ts';
import { statusPageOf } from '../../web/status/page.ts';
import { crowded, knownCodes, largeTasks, titles } from './large-world.ts';
import { Site } from './site.ts';

/** The large world as a site, with a public view of one flow. */
export async function openLargeSite(): Promise<Site> {
  const companies = Object.entries(titles).map(([name, title]) =>
    company(name, { title, project: `P-${name.slice(-2)}`, timezone: 'Europe/Brussels' }),
  );
  const statusPage = statusPageOf('of all', crowded.company, 'orders');
  return Site.open({ companies, tasks: await largeTasks(), codes: knownCodes, statusPage });
}
