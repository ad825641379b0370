import type { z } from 'zod';
import { nextRun, validateCron } from '../../../calendar/schedule.ts';
import type { Company, Mails, MailPlan, MailServer } from '../../config.ts';
import { mailServerSchema, mailsOutline, reportMailSchema, signOfLifeSchema } from '../../schema/mails.ts';
import { isOwnMachine, namedCertificates, namedFile } from '../../source/named-file.ts';
import { suggest } from '../../source/nearest.ts';
import type { Path } from '../../source/path.ts';
import type { Report } from '../../source/report.ts';
import { isMapping } from '../entries.ts';
import type { Mapping } from '../entries.ts';

/** What `mails:` is read with. */
export interface MailsContext {
  readonly report: Report;
  readonly file: string;
  readonly timezone: string;
  readonly companies: ReadonlyMap<string, Company>;
}

type Entry = z.output<typeof reportMailSchema> | z.output<typeof signOfLifeSchema>;

/** Two mails of a day would tell the same; a day with a change of the clock has 23 hours. */
const shortestMs = 22 * 3_600_000;
/** As many mails are looked ahead at. */
const lookedAt = 12;
/** A fixed start of the look ahead, so that a file has the same problems at every start. */
const reference = Date.UTC(2027, 0, 1);

async function readServer(given: unknown, { report, file }: MailsContext): Promise<MailServer | undefined> {
  const path = ['mails', 'smtp'];
  if (given === undefined) {
    report.problem(['mails'], 'needs a mail server; add smtp', 'key');
    return undefined;
  }
  const entry = report.read(mailServerSchema, given, path);
  if (entry === undefined) return undefined;
  const { smarthost, from, hello, username, password_file: passwordFile, require_tls: requireTls } = entry;
  if ((username === undefined) !== (passwordFile === undefined))
    report.problem(path, 'has only one of username and password_file; add the other, or remove both');
  const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(smarthost) ?? [];
  if (Number(port) < 1 || Number(port) > 65_535)
    report.problem([...path, 'smarthost'], 'has no valid port; write it as mail.example:587');
  const isInClear = !requireTls && port !== '465' && !isOwnMachine(host);
  if (isInClear && username !== undefined)
    report.warn([...path, 'require_tls'], 'the password may cross the network unencrypted; remove it');
  else if (isInClear)
    report.warn([...path, 'require_tls'], 'mails may cross the network unencrypted; remove it');
  const place = { report, file };
  const password =
    passwordFile === undefined ? undefined : await namedFile(passwordFile, [...path, 'password_file'], place);
  const ca = await namedCertificates(entry.tls_ca_file, [...path, 'tls_ca_file'], place);
  return {
    host,
    port: Number(port),
    from,
    requireTls,
    ...(hello === undefined ? {} : { hello }),
    ...(username === undefined || password === undefined
      ? {}
      : { login: { username, passwordFile: password.path } }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function checkCron({ cron }: Entry, zone: string, path: Path, report: Report): void {
  const problem = validateCron(cron, zone);
  if (problem !== undefined) {
    report.problem([...path, 'cron'], problem);
    return;
  }
  let at = reference;
  for (let run = 0; run < lookedAt; run += 1) {
    const next = nextRun({ cron, timezone: zone }, '', at);
    if (run > 0 && next - at < shortestMs) {
      report.problem([...path, 'cron'], 'is due more than once a day; name one minute and one hour');
      return;
    }
    at = next;
  }
}

/** The companies that a mail tells about. Nothing is guessed where there are several: each is somebody else's. */
function companiesOf(entry: Entry, path: Path, { companies, report }: MailsContext): readonly string[] {
  const all = [...companies.keys()];
  if (entry.companies === undefined) {
    if (all.length === 1) return all;
    report.problem(path, 'does not say about which companies it tells; add companies');
    return [];
  }
  for (const [index, company] of entry.companies.entries())
    if (!companies.has(company))
      report.problem(
        [...path, 'companies', index],
        `no company is called ${JSON.stringify(company)}; ${suggest(company, all, 'add it under companies')}`,
      );
  return [...new Set(entry.companies)];
}

/** Warns of a contact of a company that a mail tells nothing about: it may have been meant for another mail. */
function warnOfForeign({ to }: Entry, told: readonly string[], path: Path, context: MailsContext): void {
  for (const [index, address] of to.entries()) {
    const owner = [...context.companies.values()].find(({ contacts }) =>
      contacts?.emails.some((email) => email.toLowerCase() === address.toLowerCase()),
    );
    const foreign = told.filter((company) => company !== owner?.name);
    if (owner !== undefined && foreign.length > 0)
      context.report.warn(
        [...path, 'to', index],
        `${address} is a contact of company ${owner.name}, and gets mails about ${foreign.join(', ')} here`,
      );
  }
}

function plannedOf(name: string, entry: Entry, path: Path, context: MailsContext) {
  const { report, timezone, companies } = context;
  const zone = entry.timezone ?? timezone;
  checkCron(entry, zone, path, report);
  const told = companiesOf(entry, path, context);
  warnOfForeign(entry, told, path, context);
  const addresses = new Map(entry.to.map((address) => [address.toLowerCase(), address]));
  return {
    name,
    cron: entry.cron,
    timezone: zone,
    companies: told,
    to: [...addresses.values()],
    language: entry.language ?? companies.get(told[0] ?? '')?.language ?? 'en',
  };
}

function readPlans(section: Mapping, context: MailsContext, pageUrl: unknown): readonly MailPlan[] {
  const { report } = context;
  const entriesOf = (key: string) => (isMapping(section[key]) ? Object.entries(section[key]) : []);
  const reports = entriesOf('reports').flatMap(([name, given]): readonly MailPlan[] => {
    const path = ['mails', 'reports', name];
    const entry = report.read(reportMailSchema, given, path);
    if (entry === undefined) return [];
    return [{ ...plannedOf(name, entry, path, context), type: 'report', period: entry.period }];
  });
  const signs = entriesOf('signs_of_life').flatMap(([name, given]): readonly MailPlan[] => {
    const path = ['mails', 'signs_of_life', name];
    const entry = report.read(signOfLifeSchema, given, path);
    if (entry === undefined) return [];
    const { confirm_within: confirmWithinMs } = entry;
    if (confirmWithinMs !== undefined && pageUrl === undefined)
      report.problem([...path, 'confirm_within'], 'needs the address of the page; add page_url');
    const confirming = confirmWithinMs === undefined ? {} : { confirmWithinMs };
    return [{ ...plannedOf(name, entry, path, context), type: 'sign_of_life', ...confirming }];
  });
  return [...reports, ...signs];
}

/** Reads `mails:` and collects the problems. @returns undefined when it is absent or bad. */
export async function readMails(root: Mapping, context: MailsContext): Promise<Mails | undefined> {
  const section = root['mails'];
  if (section === undefined) return undefined;
  const { report } = context;
  report.read(mailsOutline, section, ['mails']);
  if (!isMapping(section)) return undefined;
  const server = await readServer(section['smtp'], context);
  const plans = readPlans(section, context, root['page_url']);
  if (isMapping(section['reports']) && root['prometheus'] === undefined)
    report.problem(['mails', 'reports'], 'needs a Prometheus; add prometheus', 'key');
  if (section['reports'] === undefined && section['signs_of_life'] === undefined)
    report.problem(['mails'], 'sends nothing; add reports or signs_of_life', 'key');
  return server === undefined ? undefined : { server, plans };
}
