import {
  TrackerError,
  type Remark,
  type TicketDraft,
  type TicketView,
  type Tracker,
} from '../../contract.ts';

/** What happened to a ticket, oldest first. */
export interface HistoryEvent {
  readonly isOurs: boolean;
  /** The ticket was opened again by this. */
  readonly isReopening: boolean;
}

/** See `TicketView.touched`. @param isWhole whether the history was read to its end */
export function touchedBy(events: readonly HistoryEvent[], isWhole: boolean): TicketView['touched'] {
  const from = events.findLastIndex(({ isOurs, isReopening }) => isOurs && isReopening) + 1;
  if (events.slice(from).some(({ isOurs }) => !isOurs)) return 'yes';
  return isWhole ? 'no' : 'unknown';
}

/** What a make of tracker does for each step; the rest is the same for all. */
export interface Steps {
  readonly find: Tracker['find'];
  readonly read: Tracker['read'];
  /** @returns its id. */
  add(draft: TicketDraft, signal: AbortSignal): Promise<string>;
  hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Changes the state, where one is given and it is another, and then adds the remark: so a remark that is there tells that the
   * whole step was done.
   */
  write(id: string, remark: Remark, state: 'open' | 'closed' | undefined, signal: AbortSignal): Promise<void>;
}

/** A tracker whose every method looks before it writes. */
export function trackerOf(steps: Steps): Tracker {
  async function write(
    id: string,
    remark: Remark,
    state: 'open' | 'closed' | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (await steps.hasRemark(id, remark.marker, signal)) return;
    await steps.write(id, remark, state, signal);
  }
  return {
    find: (marker, signal) => steps.find(marker, signal),
    read: (id, signal) => steps.read(id, signal),
    async create(draft, signal) {
      const found = await steps.find(draft.marker, signal);
      if (found !== undefined) return found;
      const view = await steps.read(await steps.add(draft, signal), signal);
      if (view === undefined) throw new TrackerError('retry', 'the ticket that was created is not there');
      return view;
    },
    comment: (id, remark, signal) => write(id, remark, undefined, signal),
    close: (id, remark, signal) => write(id, remark, 'closed', signal),
    reopen: (id, remark, signal) => write(id, remark, 'open', signal),
  };
}

/** @throws TrackerError `refused` for a ticket that is not there. */
export function there<Thing>(thing: Thing | undefined, id: string): Thing {
  if (thing === undefined) throw new TrackerError('refused', `there is no ticket ${id} any more`);
  return thing;
}
