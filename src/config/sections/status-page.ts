import type { z } from 'zod';
import type { Language, Texts } from '../../known-errors/catalogue.ts';
import { statusPageSchema } from '../schema/status-page.ts';
import { suggest } from '../source/nearest.ts';
import type { Report } from '../source/report.ts';
import type { MonitorConfig, StatusPage } from '../config.ts';
import type { Mapping } from './entries.ts';

type Given = z.output<typeof statusPageSchema>;

/** A text in each language; one that is not given in a language is that of the first one given. */
function inEachLanguage(given: Given['title']): Texts {
  const of = (language: Language): string =>
    typeof given === 'string' ? given : (given[language] ?? Object.values(given)[0] ?? '');
  return { en: of('en'), nl: of('nl'), de: of('de'), fr: of('fr') };
}

function checkReferences(
  page: Given,
  companies: readonly string[],
  monitors: readonly MonitorConfig[],
  report: Report,
): void {
  for (const [company, { flows }] of Object.entries(page.companies)) {
    const path = ['status_page', 'companies', company];
    if (!companies.includes(company)) {
      const advice = suggest(company, companies, 'remove it');
      report.problem(path, `there is no company ${JSON.stringify(company)}; ${advice}`, 'key');
      continue;
    }
    const known = monitors.filter((monitor) => monitor.companies.includes(company)).map(({ flow }) => flow);
    for (const flow of Object.keys(flows))
      if (!known.includes(flow)) {
        const advice = suggest(flow, [...new Set(known)], 'remove it');
        report.problem(
          [...path, 'flows', flow],
          `no monitor watches the flow ${JSON.stringify(flow)} of ${company}; ${advice}`,
          'key',
        );
      }
  }
}

/** Reads `status_page:`. @returns undefined when it is absent, not enabled, or bad, which is reported. */
export function readStatusPage(
  root: Mapping,
  report: Report,
  given: { readonly companies: readonly string[]; readonly monitors: readonly MonitorConfig[] },
): StatusPage | undefined {
  if (root['status_page'] === undefined) return undefined;
  const page = report.read(statusPageSchema, root['status_page'], ['status_page']);
  if (page === undefined) return undefined;
  checkReferences(page, given.companies, given.monitors, report);
  if (!page.enabled) return undefined;
  const entries = Object.entries(page.companies).map(([company, { name, flows }]) => ({
    company,
    name: inEachLanguage(name),
    flows: Object.entries(flows).map(([flow, shown]) => ({
      flow,
      name: inEachLanguage(shown.name),
      messages: new Map(
        Object.entries(shown.messages ?? {}).map(([state, message]) => [state, inEachLanguage(message)]),
      ),
    })),
  }));
  const { title, url, listen } = page;
  return {
    title: inEachLanguage(title),
    url: url.replace(/\/+$/, ''),
    ...(listen === undefined ? {} : { listen }),
    companies: entries,
  };
}
