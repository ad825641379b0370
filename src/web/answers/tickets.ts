import type { TicketDesk } from '../../tickets/desk.ts';
import type { Wish } from '../../tickets/builtin/tracker.ts';
import { mostTicketCharacters, renderTicket } from '../pages/tickets/ticket.tsx';
import type { TicketProblem } from '../pages/tickets/ticket.tsx';
import { renderTickets } from '../pages/tickets/list.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import { seesTicket } from '../view/tickets.ts';
import type { TicketDetailView } from '../view/tickets.ts';
import { noTickets } from './alertmanager.ts';
import { contextOf, frameOf } from './pages.ts';
import { parameter, rememberLanguage, viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** What the pages of tickets need besides. */
export interface TicketVisit extends PageVisit {
  readonly tickets: () => TicketDesk | undefined;
  readonly form: () => Promise<URLSearchParams>;
}

const ticketsPerPage = 50;
const deeds: readonly Wish['deed'][] = ['comment', 'assign', 'close', 'reopen', 'reject'];

function html(visit: TicketVisit, status: number, body: string): Answer {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    Vary: 'Accept-Language, Cookie',
    ...rememberLanguage(visit),
  };
  return { status, headers, body };
}

/** Says no more of a ticket that its reader may not see than of one that is not there. */
const absent = textAnswer(404, 'There is no such ticket, or none that you may see.');

const sees = ({ visitor }: TicketVisit, company: string): boolean =>
  seesTicket(viewerOf(visitor), visitor.companies === 'all', company);

/** GET /tickets */
export async function ticketsAnswer(visit: TicketVisit): Promise<Answer> {
  const desk = visit.tickets();
  if (desk === undefined) return textAnswer(404, noTickets);
  const { request, snapshot } = visit;
  const company = parameter(request, 'company');
  const isOpen = parameter(request, 'state') !== 'closed';
  const given = parameter(request, 'after');
  const after = /^\d{10}$/.test(given) ? given : '';
  const found = await desk.builtin.list({
    isOpen,
    after,
    limit: ticketsPerPage,
    sees: (of) => sees(visit, of) && (company === '' || of === company),
  });
  const companies = snapshot.companies
    .filter(({ name }) => sees(visit, name))
    .map(({ name, title }) => ({ company: name, title }));
  const view = { ...found, isOpen, company, companies, isFirst: after === '' };
  return html(visit, 200, renderTickets(contextOf(visit), view, frameOf(visit)));
}

async function viewOf(visit: TicketVisit, desk: TicketDesk): Promise<TicketDetailView | undefined> {
  const ticket = await desk.builtin.ticket(visit.params['ticket'] ?? '');
  if (ticket === undefined || !sees(visit, ticket.company)) return undefined;
  const company = visit.snapshot.companies.find(({ name }) => name === ticket.company);
  return {
    ticket,
    timezone: company?.timezone ?? visit.timezone(),
    companyTitle: company?.title ?? ticket.company,
    mayChange: visit.visitor.rights.has('tickets'),
  };
}

/** GET /tickets/:ticket */
export async function ticketAnswer(visit: TicketVisit): Promise<Answer> {
  const desk = visit.tickets();
  if (desk === undefined) return textAnswer(404, noTickets);
  const view = await viewOf(visit, desk);
  return view === undefined ? absent : html(visit, 200, renderTicket(contextOf(visit), view, frameOf(visit)));
}

const statuses: Readonly<Record<TicketProblem, number>> = {
  empty: 400,
  long: 400,
  full: 409,
  state: 409,
  store: 503,
};

/** What is wrong with what somebody wants, as far as can be seen before. */
function problemOf({ deed, text }: Wish, { ticket: { state } }: TicketDetailView): TicketProblem | undefined {
  if (deed === 'comment' && text === '') return 'empty';
  const most = deed === 'assign' ? mostTicketCharacters.assignee : mostTicketCharacters.comment;
  if (Array.from(text).length > most) return 'long';
  const isOpen = state === 'open';
  if ((deed === 'close' || deed === 'reject') && !isOpen) return 'state';
  return deed === 'reopen' && isOpen ? 'state' : undefined;
}

async function change(desk: TicketDesk, id: string, wish: Wish): Promise<TicketProblem | undefined> {
  try {
    const end = await desk.builtin.change(id, wish);
    return end === 'done' ? undefined : end === 'full' ? 'full' : 'state';
  } catch {
    // It stands in the log of the store.
    return 'store';
  }
}

/** POST /tickets/:ticket/change: does what a form says, and leads back to the ticket; without scripts. */
export async function changeTicketAnswer(visit: TicketVisit): Promise<Answer> {
  const desk = visit.tickets();
  if (desk === undefined) return textAnswer(404, noTickets);
  const view = await viewOf(visit, desk);
  if (view === undefined) return absent;
  const form = await visit.form();
  const deed = deeds.find((each) => each === form.get('deed'));
  if (deed === undefined) return textAnswer(400, `deed is none of ${deeds.join(', ')}.`);
  const text = (form.get('text') ?? '').replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed().trim();
  const wish: Wish = { deed, author: visit.visitor.name.slice(0, 100).toWellFormed(), text };
  const problem = problemOf(wish, view) ?? (await change(desk, view.ticket.id, wish));
  if (problem === undefined)
    return { status: 303, headers: { Location: `${visit.routePrefix}/tickets/${view.ticket.id}` }, body: '' };
  const now = (await viewOf(visit, desk)) ?? view;
  return html(visit, statuses[problem], renderTicket(contextOf(visit), now, frameOf(visit), problem));
}
