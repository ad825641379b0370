import type { BuiltinTracker } from './builtin/tracker.ts';
import type { Webhook } from './webhook.ts';

/** What became of a webhook: 200, and 503 of its answer. */
export type Received = 'stored' | 'full' | 'failed';

/** What the web side of tickets needs. */
export interface TicketDesk {
  /** SHA-256 of Alertmanager's token, in hexadecimal digits. */
  readonly tokenHash: string;
  readonly receive: (webhook: Webhook) => Promise<Received>;
  /** The embedded tracker. */
  readonly builtin: Pick<BuiltinTracker, 'change' | 'list' | 'ticket'>;
}
