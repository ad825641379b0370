import type { TicketDesk } from '../../tickets/desk.ts';
import { readWebhook } from '../../tickets/webhook.ts';
import { bodyOf } from '../server/body.ts';
import { textAnswer } from '../server/http.ts';
import type { Answer, HttpRequest } from '../server/http.ts';

/** Far more than thousands of alerts take. */
const mostBytes = 8 * 1024 * 1024;
const readMs = 10_000;

/** Alertmanager tries again after these answers alone; it does not look at the header. */
const again = (text: string): Answer => textAnswer(503, text, { 'Retry-After': '30' });

/**
 * POST /api/v1/alertmanager: takes Alertmanager's webhook, version 4. 200 says that it is stored durably; what will never be understood is
 * refused, and what could not be stored is told again.
 */
export async function alertmanagerAnswer(
  request: HttpRequest,
  desk: TicketDesk | undefined,
): Promise<Answer> {
  if (desk === undefined) return textAnswer(404, noTickets);
  const body = await bodyOf(request, mostBytes, readMs);
  if ('fault' in body)
    return body.fault === 'large'
      ? textAnswer(413, `The body has more than ${mostBytes} bytes: set max_alerts of the webhook.`)
      : again('The body did not come in time.');
  const read = readWebhook(body.text);
  if ('fault' in read) return textAnswer(400, read.fault);
  const received = await desk.receive(read.webhook);
  if (received === 'stored') return textAnswer(200, 'Stored.');
  return again(
    received === 'full'
      ? 'Too much waits to be done on other systems: send it again later.'
      : 'The alerts could not be stored: send them again.',
  );
}

/** Why there is nothing. */
export const noTickets = 'There are no tickets: the configuration has no tickets:.';
