import { z } from 'zod';
import type { TrackerKind } from '../../tickets/contract.ts';
import { matchSchema, webAddress } from './alerting.ts';
import { companyName, durationOfAtLeast, fileWith, name, text } from './values.ts';

/** Longest time that one call of a tracker may take: a lease of the outbox is longer. */
const mostTimeoutMs = 60_000;

/** What every tracker has, besides the keys of its type. */
const commonKeys = {
  companies: z
    .union([z.literal('all'), z.array(companyName).min(1)])
    .describe(
      'Whose tickets it may hold: entries of `companies`, or `all`. Tickets about no company, such as that of a database that is down, go only to trackers of all companies.',
    )
    .meta({ examples: [['acme']] }),
} as const;

/** What every tracker on another system has. */
const remoteKeys = {
  url: webAddress
    .refine((url) => !/[?#]/.test(url), { error: 'has a ? or #; write the address alone' })
    .describe('Address of the tracker, as the exporter reaches it; tickets are linked below it.')
    .meta({ examples: ['https://tickets.acme.example'] }),
  timeout: durationOfAtLeast(100)
    .refine((ms) => ms <= mostTimeoutMs, { error: 'must be at most 1m' })
    .prefault('20s')
    .describe('Maximum duration of one call.')
    .meta({ examples: ['10s'] }),
  allow_private: z
    .boolean()
    .default(false)
    .describe('Whether its address may be one of a private network, or of this machine.')
    .meta({ examples: [true] }),
  tls_ca_file: fileWith('the trusted CA certificates (PEM). Absent: those of the public authorities')
    .optional()
    .meta({ examples: ['ca.pem'] }),
} as const;

/** The `type` of the tracker that needs no other system. */
export const builtinType = 'builtin';

const builtinSchema = z.strictObject({
  type: z
    .literal(builtinType)
    .describe('The tracker that the exporter brings: its tickets are pages, and are kept with its state.'),
  ...commonKeys,
});
export type BuiltinEntry = z.output<typeof builtinSchema>;

const remoteSchema = (kind: TrackerKind) =>
  z.strictObject({
    type: z.literal(kind.type).describe(`${kind.title}.`),
    ...commonKeys,
    ...remoteKeys,
    ...kind.settings.shape,
  });

/** The common keys alone; those of the type are read separately. */
export const remoteCommonSchema = z.object({ ...commonKeys, ...remoteKeys });

/** An entry of `tickets.trackers`, of one of these types. */
export function trackerSchema(kinds: readonly TrackerKind[]) {
  return z.discriminatedUnion('type', [builtinSchema, ...kinds.map(remoteSchema)]);
}

/** An entry of `tickets.routes`. */
export const ticketRouteSchema = z.strictObject({
  match: matchSchema
    .prefault({})
    .describe(
      'Which alerts the rule applies to, as in `notify`: every key must match. Absent: all alerts. ErpWatchdog never makes a ticket.',
    )
    .meta({ examples: [{ flow: 'datamove' }] }),
  ticket: z
    .union([z.boolean(), name], { error: 'must be true, false or the name of a tracker' })
    .describe(
      'Where the ticket is made: an entry of `trackers`, or `true`: the first of them that may hold tickets of the company. `false`: there is no ticket. If a tracker may not hold tickets of the company, the next rule is tried.',
    )
    .meta({ examples: ['helpdesk'] }),
  mail: z
    .boolean()
    .default(true)
    .describe('Whether the mails of `notify` are sent as well.')
    .meta({ examples: [false] }),
});

/** `tickets:` without its trackers and routes, which are read one by one. */
export const ticketsOutline = z.strictObject({
  webhook: z
    .strictObject({
      url: webAddress
        .refine((url) => !/[?#]/.test(url), { error: 'has a ? or #; write the address alone' })
        .describe('Address of this exporter, as Alertmanager reaches it.')
        .meta({ examples: ['http://erp-exporter:9745'] }),
      token_file: fileWith(
        'the token by which Alertmanager is known: 16 characters or more. It is read at the start and at a reload',
      ).meta({
        examples: ['/run/secrets/erp-tickets'],
      }),
      credentials_file: text
        .refine((path) => path.startsWith('/'), {
          error: 'must be an absolute path, because Alertmanager reads it; start it with /',
        })
        .optional()
        .describe('The same file, as a path on the host of Alertmanager. Absent: as in `token_file`.')
        .meta({ examples: ['/etc/alertmanager/erp-tickets'] }),
    })
    .describe('How Alertmanager sends its alerts here: `erp-exporter alertmanager` writes the receiver.'),
  alertmanager_url: webAddress
    .optional()
    .describe(
      'Address of Alertmanager, as the exporter reaches it. Open tickets are compared with its alerts every few minutes, for an alert that ends while it is silenced or inhibited sends nothing. Absent: such a ticket stays open.',
    )
    .meta({ examples: ['http://127.0.0.1:9093'] }),
  trackers: z
    .record(name, z.unknown())
    .describe('Where tickets are kept, by the name that `routes` refer to.'),
  routes: z.array(z.unknown()).optional(),
  comment_every: durationOfAtLeast(60_000)
    .prefault('15m')
    .describe('New records of an open ticket are told in one comment per this time.')
    .meta({ examples: ['15m'] }),
  reopen_within: durationOfAtLeast(0)
    .prefault('1d')
    .describe(
      'A ticket that was closed by itself is opened again when the same comes back within this time; later a new one is made.',
    )
    .meta({ examples: ['12h'] }),
  close_after: durationOfAtLeast(0)
    .prefault('5m')
    .describe('How long nothing of a ticket may fire before it is closed.')
    .meta({ examples: ['10m'] }),
});

/** `tickets:`, whole, for the JSON Schema and the documentation. */
export function ticketsSchema(kinds: readonly TrackerKind[]) {
  return z.strictObject({
    ...ticketsOutline.shape,
    trackers: z
      .record(name, trackerSchema(kinds))
      .describe('Where tickets are kept, by the name that `routes` refer to.')
      .meta({ examples: [{ desk: { type: builtinType, companies: 'all' } }] }),
    routes: z
      .array(ticketRouteSchema)
      .optional()
      .describe(
        'Which alerts become a mail, a ticket, or both: the first rule that matches an alert applies. What no rule matches follows the default policy: mails that were not generated and jobs make a ticket alone; failures whose error is known, and alerts about the monitoring itself, make a mail alone; everything else makes both. `erp-exporter alertmanager --explain` prints the result.',
      )
      .meta({ examples: [[{ match: { flow: 'datamove' }, ticket: 'helpdesk', mail: false }]] }),
  });
}
