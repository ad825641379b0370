import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { TicketView, Tracker, TrackerKind, TrackerTools } from '../contract.ts';
import { checkAnswer, deliver } from './shared/call.ts';

const settings = z.strictObject({
  secret_file: z
    .string()
    .min(1)
    .describe(
      'File with the secret that receiver and exporter share: by it the header X-Erp-Signature is made, `sha256=` and the HMAC of the body in hexadecimal digits.',
    )
    .meta({ examples: ['/run/secrets/erp-hook'] }),
  ticket_url: z
    .string()
    .regex(/^https?:\/\/[^\s{}]+(?:\{marker\}[^\s{}]*)?$/, {
      error: 'must be a web address with {marker} where the ticket is named',
    })
    .optional()
    .describe('Where people open a ticket, with `{marker}` in it. Absent: the host of `url`.')
    .meta({ examples: ['https://desk.acme.example/by-key/{marker}'] }),
});
type Settings = z.output<typeof settings>;

/** What is sent; docs/tickets.md describes it. */
type Message =
  | {
      readonly event: 'create';
      readonly marker: string;
      readonly title: string;
      readonly text: string;
      readonly critical: boolean;
      readonly company: string;
    }
  | {
      readonly event: 'comment' | 'close' | 'reopen';
      readonly marker: string;
      readonly remark: string;
      readonly text: string;
    };

/** What is known of a ticket: nothing. The address of a hook may hold a secret in its path. */
const unknownTicket = (marker: string, ticketUrl: string | undefined, url: URL): TicketView => ({
  id: marker,
  url: ticketUrl?.replace('{marker}', encodeURIComponent(marker)) ?? `${url.origin}/`,
  state: 'open',
  touched: 'unknown',
  closedAt: undefined,
});

/**
 * A receiver that is told and cannot be asked. So nobody knows who else has touched a ticket: it counts as touched, which means that
 * the bridge never closes one by itself, but says that it has recovered. That nothing is done twice is the receiver's part: it gets
 * the same `Idempotency-Key` again when the exporter does not know whether it was heard.
 */
function openWebhook(
  { secret_file, ticket_url }: Settings,
  url: URL,
  { send, secret }: TrackerTools,
): Tracker {
  async function post(key: string, message: Message, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(message);
    const digest = createHmac('sha256', await secret(secret_file))
      .update(body)
      .digest('hex');
    const headers = {
      'Content-Type': 'application/json',
      'X-Erp-Signature': `sha256=${digest}`,
      'Idempotency-Key': key,
    };
    checkAnswer(await deliver({ send }, { method: 'POST', url, headers, body }, signal), message.event);
  }

  const viewOf = (marker: string) => unknownTicket(marker, ticket_url, url);
  const tell =
    (event: 'comment' | 'close' | 'reopen'): Tracker['comment'] =>
    (id, remark, signal) =>
      post(remark.marker, { event, marker: id, remark: remark.marker, text: remark.text }, signal);

  return {
    find: () => Promise.resolve(undefined),
    read: (id) => Promise.resolve(viewOf(id)),
    async create({ marker, title, text, isCritical, company }, signal) {
      await post(marker, { event: 'create', marker, title, text, critical: isCritical, company }, signal);
      return viewOf(marker);
    },
    comment: tell('comment'),
    close: tell('close'),
    reopen: tell('reopen'),
  };
}

export const webhook: TrackerKind<Settings> = {
  type: 'webhook',
  title: 'Generic webhook',
  provenance: 'the format is our own; tried on an HTTP server that checks the signature',
  settings,
  open: openWebhook,
};
