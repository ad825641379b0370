import type { BuiltinLine, BuiltinTicket } from '../../tickets/builtin/ticket.ts';
import type { Viewer } from './viewer.ts';

/** The list of tickets, as its reader asked for it. */
export interface TicketListView {
  readonly isOpen: boolean;
  /** The company that alone is shown; '': all. */
  readonly company: string;
  /** Those that the reader may choose. */
  readonly companies: readonly { readonly company: string; readonly title: string }[];
  readonly items: readonly BuiltinLine[];
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** One ticket, with what its reader may do. */
export interface TicketDetailView {
  readonly ticket: BuiltinTicket;
  /** Zone of its company. */
  readonly timezone: string;
  readonly companyTitle: string;
  readonly mayChange: boolean;
}

/** Whether a reader may see tickets about a company; those about none are for who sees all. */
export function seesTicket(viewer: Viewer, seesAll: boolean, company: string): boolean {
  return company === '' ? seesAll : viewer.sees(company);
}
