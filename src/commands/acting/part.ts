import type { Config } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import type { MailService } from '../../mails/service.ts';
import type { Handler, OutboxStore } from '../../outbox/contract.ts';
import type { SnapshotStore } from '../../poll/snapshot.ts';
import type { RemedyCounts } from '../../remedies/metrics.ts';
import type { RemedyService } from '../../remedies/remedies.ts';
import type { Instant } from '../../time.ts';
import type { RemediesOf } from '../../tickets/records.ts';
import type { TicketService } from './ticket-service.ts';

/** What acts by the outbox: tickets, remedies, mails. One configuration's, replaced at each reload. */
export interface ActingPart {
  /** By kind of intent. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** It is in force from now on. */
  start?(): void;
  /** It is no longer. Must end soon. */
  stop?(): void | Promise<void>;
  /** What mends records, where this is that part. */
  readonly remedies?: RemedyService;
  /** What makes tickets, where this is that part. */
  readonly tickets?: TicketService;
  /** What sends mails, where this is that part. */
  readonly mails?: MailService;
}

/** What a part is made of. */
export interface PartTools {
  readonly config: Config;
  /** Begins with what is committed at once. */
  readonly store: OutboxStore;
  readonly snapshot: SnapshotStore;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly remedyCounts: RemedyCounts;
  /** By the remedies in force. */
  readonly remediesOf: RemediesOf;
  /** The tickets of the configuration in force. */
  readonly ticketsBefore: TicketService | undefined;
}

/** @returns undefined when the configuration wants no such part. @throws Error when it cannot be made. */
export type MakePart = (tools: PartTools) => ActingPart | undefined;
