import type { ActingPart, PartTools } from './part.ts';
import { TicketService } from './ticket-service.ts';

/** Tickets, of a configuration that has them. */
export function makeTickets(tools: PartTools): ActingPart | undefined {
  const { config, store, ticketsBefore: before } = tools;
  if (config.tickets === undefined) return undefined;
  const isKept = before?.store === store;
  const service = isKept ? before : new TicketService(tools);
  const trackers = service.open(config);
  return {
    handlers: new Map([['ticket', service.bridge.handler]]),
    start: () => service.start(config, trackers),
    stop: () => service.stop(),
    tickets: service,
  };
}
