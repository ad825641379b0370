import type { Config, ReportMail } from '../config/config.ts';
import type { Asker } from '../prometheus/asker.ts';
import { buildReport } from '../report/build.ts';
import { collect } from '../report/collect.ts';
import { reportedCompany } from '../report/company.ts';
import { reportCsv } from '../report/csv.ts';
import { documentOf } from '../report/document.ts';
import { endOf, periodEnding } from '../report/period.ts';
import type { CompanyReport } from '../report/types.ts';
import type { Instant } from '../time.ts';
import type { Translator } from '../texts/translator.ts';
import { companiesText, contentOf } from './content.ts';
import type { MailContent } from './content.ts';
import { localDate } from './plan.ts';

/** What a report mail is made of. */
export interface ReportSource {
  readonly config: Config;
  readonly ask: Asker;
  readonly translator: Translator;
}

/**
 * Asks Prometheus for the companies of a mail, and for no other, and writes the mail.
 *
 * @param due the report ends at the last midnight before it, at each company.
 * @throws PrometheusError
 */
export async function reportMail(
  { companies, period, timezone }: ReportMail,
  due: Instant,
  { config, ask, translator: t }: ReportSource,
): Promise<MailContent> {
  const reports: CompanyReport[] = [];
  for (const name of companies) {
    const company = reportedCompany(name, config);
    const span = periodEnding(period, endOf(undefined, company.timezone, due), company.timezone);
    const labels = config.prometheus?.labels ?? {};
    const subject = { company: name, environment: config.environment, labels };
    reports.push(buildReport(company, await collect(ask, subject, span), config.knownErrors));
  }
  const [first] = reports;
  const from = first === undefined ? '' : localDate(first.period.from, first.timezone);
  const to = localDate(first === undefined ? due : first.period.to - 1, first?.timezone ?? timezone);
  const titles = companiesText(
    reports.map(({ title }) => title),
    t,
  );
  const documents = reports.map((report) => documentOf(report, t));
  const url = config.alerting.pageUrl;
  return contentOf(t.text('alive.subject', { from, to, companies: titles }), documents, {
    environment: config.environment,
    link: url === undefined ? undefined : { text: t.text('alive.open_page'), url },
    attachments: [
      {
        filename: `report-${from}-${to}.csv`,
        type: 'text/csv; charset=utf-8',
        content: reportCsv(reports, t),
      },
    ],
  });
}
