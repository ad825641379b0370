import type { Alerting, Smtp } from '../config.ts';
import { notifySchema, smtpSchema, webAddress } from '../schema/alerting.ts';
import type { Report } from '../source/report.ts';
import { checkAddresses } from './addresses.ts';
import { listOf } from './entries.ts';
import type { Mapping } from './entries.ts';
import { readNotify } from './notify.ts';
import type { Parties } from './notify.ts';

/** Checks the entries of `smtp:` and `notify:` on their own, without references to others. */
export function checkAlertingEntries(root: Mapping, report: Report): void {
  if (root['smtp'] !== undefined) report.read(smtpSchema, root['smtp'], ['smtp']);
  for (const [index, entry] of listOf(root, 'notify').entries())
    report.read(notifySchema, entry, ['notify', index]);
}

function readSmtp(root: Mapping, report: Report): Smtp | undefined {
  if (root['smtp'] === undefined) return undefined;
  const entry = report.read(smtpSchema, root['smtp'], ['smtp']);
  if (entry === undefined) return undefined;
  const { smarthost, from, hello, username, password_file: passwordFile, require_tls: requireTls } = entry;
  if (username !== undefined && passwordFile === undefined)
    report.problem(['smtp'], 'username is set without a password; add password_file');
  if (passwordFile !== undefined && username === undefined)
    report.problem(['smtp'], 'password_file is set without a login; add username');
  return {
    smarthost,
    from,
    requireTls,
    ...(hello === undefined ? {} : { hello }),
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}

/** A web address without the slash at its end; undefined when it is absent or invalid, which the outline schema reports. */
function readWebAddress(value: unknown): string | undefined {
  const parsed = webAddress.safeParse(value);
  return parsed.success ? parsed.data.replace(/\/+$/, '') : undefined;
}

/** Reads who gets which mails, and collects the problems. */
export function readAlerting(root: Mapping, parties: Parties, report: Report): Alerting {
  const smtp = readSmtp(root, report);
  if (root['notify'] !== undefined && root['smtp'] === undefined)
    report.problem(['notify'], 'needs a mail server; add smtp', 'key');
  checkAddresses(parties, report);
  const pageUrl = readWebAddress(root['page_url']);
  const runbookUrl = readWebAddress(root['runbook_url']) ?? (pageUrl && `${pageUrl}/docs/runbook`);
  const grafanaUrl = readWebAddress(root['grafana_url']);
  return {
    notify: readNotify(root, parties, report),
    ...(smtp === undefined ? {} : { smtp }),
    ...(pageUrl === undefined ? {} : { pageUrl }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(grafanaUrl === undefined ? {} : { grafanaUrl }),
  };
}
