import { createHash } from 'node:crypto';
import type { Tickets } from '../../config.ts';
import { ticketsOutline } from '../../schema/tickets.ts';
import { readSecret, resolveBeside } from '../../source/files.ts';
import { isMapping } from '../entries.ts';
import type { Mapping } from '../entries.ts';
import { readTicketRules } from './rules.ts';
import { readTrackers } from './trackers.ts';
import type { TicketsContext } from './trackers.ts';

/** Fewer characters can be guessed. */
const shortestToken = 16;

/** The token of a file; '' when it is not fit to be one, which is reported. */
async function tokenOf(path: string, { report }: TicketsContext): Promise<string> {
  const at = ['tickets', 'webhook', 'token_file'];
  const found = await readSecret(path);
  const token = 'text' in found ? found.text.trim() : '';
  if ('fault' in found) report.problem(at, `the file cannot be read: ${found.fault}`);
  else if (token.length < shortestToken)
    report.problem(at, `the file holds fewer than ${shortestToken} characters; write a random token into it`);
  else if (!/^[\w.~+/=-]+$/.test(token))
    report.problem(at, 'the file holds characters that no bearer token has; write letters and digits');
  return token;
}

/** Reads `tickets:` and collects the problems. @returns undefined when it is absent or bad. */
export async function readTickets(root: Mapping, context: TicketsContext): Promise<Tickets | undefined> {
  const given = root['tickets'];
  if (given === undefined) return undefined;
  const { report, file } = context;
  const outline = report.read(ticketsOutline, given, ['tickets']);
  if (!isMapping(given)) return undefined;
  const trackers = await readTrackers(given, context);
  const rules = readTicketRules(given, trackers, report);
  if (outline === undefined) return undefined;
  if (Object.keys(outline.trackers).length === 0)
    report.problem(
      ['tickets', 'trackers'],
      'is empty; add a tracker, such as desk: { type: builtin, companies: all }',
    );
  const { url, token_file, credentials_file } = outline.webhook;
  const tokenFile = resolveBeside(file, token_file);
  const token = await tokenOf(tokenFile, context);
  return {
    trackers,
    rules,
    webhook: { url: url.replace(/\/+$/, ''), credentialsFile: credentials_file ?? tokenFile },
    tokenHash: createHash('sha256').update(token).digest('hex'),
    alertmanagerUrl: outline.alertmanager_url?.replace(/\/+$/, ''),
    commentEveryMs: outline.comment_every,
    reopenWithinMs: outline.reopen_within,
    closeAfterMs: outline.close_after,
  };
}
