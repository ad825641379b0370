import type { AssetLinks } from '../../assets.ts';
import type { HistoryEntry } from '../../../tickets/builtin/ticket.ts';
import type { MessageKey } from '../../../texts/messages.ts';
import type { TicketDetailView } from '../../view/tickets.ts';
import { usePage } from '../context.ts';
import type { PageContext } from '../context.ts';
import { CsrfField } from '../forms.tsx';
import { renderPage } from '../layout.tsx';
import { companyPath } from '../links.ts';
import { Detail, Time, closed } from '../parts.tsx';

/** Why something was not done. */
export type TicketProblem = 'empty' | 'long' | 'full' | 'state' | 'store';

/** Longest remark of a person, and name of an assignee, in characters. */
export const mostTicketCharacters = { comment: 5_000, assignee: 100 } as const;

interface ViewProps {
  readonly view: TicketDetailView;
}

/** Text with its lines, and its web addresses as links. */
function Lines({ text }: { readonly text: string }) {
  return (
    <pre class="ticket-text" dir="auto">
      {text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
        index % 2 === 1 ? (
          <a key={index} href={part} rel="noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </pre>
  );
}

function deedText({ t }: PageContext, { deed, text }: HistoryEntry): string {
  if (deed !== 'assign') return t.text(`ticket.did_${deed}`);
  return text === '' ? t.text('ticket.did_unassign') : t.text('ticket.did_assign', { to: closed(text) });
}

function Entry({ entry, timezone }: { readonly entry: HistoryEntry; readonly timezone: string }) {
  const page = usePage();
  const author = entry.isBridge ? 'erp-exporter' : entry.author;
  return (
    <li>
      <p>
        <strong>
          <bdi>{author === '' ? page.t.text('ticket.somebody') : closed(author)}</bdi>
        </strong>{' '}
        {deedText(page, entry)} <Time at={entry.at} timezone={timezone} />
      </p>
      {entry.deed !== 'assign' && entry.text !== '' && <Lines text={entry.text} />}
    </li>
  );
}

function DeedButton({ deed, name }: { readonly deed: string; readonly name: MessageKey }) {
  const { t } = usePage();
  return (
    <button name="deed" value={deed}>
      {t.text(name)}
    </button>
  );
}

function Forms({ view: { ticket } }: ViewProps) {
  const { t, prefix } = usePage();
  const action = `${prefix}/tickets/${ticket.id}/change`;
  const isOpen = ticket.state === 'open';
  return (
    <section class="ticket-forms">
      <form method="post" action={action}>
        <CsrfField />
        <label>
          {t.text('ticket.comment')}
          <textarea name="text" rows={4} maxlength={mostTicketCharacters.comment} />
        </label>
        <p>
          <DeedButton deed="comment" name="ticket.do_comment" />
          {isOpen && <DeedButton deed="close" name="ticket.do_close" />}
          {isOpen && <DeedButton deed="reject" name="ticket.do_reject" />}
          {!isOpen && <DeedButton deed="reopen" name="ticket.do_reopen" />}
        </p>
      </form>
      <form method="post" action={action}>
        <CsrfField />
        <label>
          {t.text('ticket.assignee')}{' '}
          <input name="text" value={ticket.assignee} maxlength={mostTicketCharacters.assignee} />
        </label>{' '}
        <DeedButton deed="assign" name="ticket.do_assign" />
      </form>
    </section>
  );
}

function Facts({ view: { ticket, companyTitle, timezone } }: ViewProps) {
  const { t, prefix } = usePage();
  return (
    <dl class="ticket-facts">
      <Detail name="label.state">{t.text(`ticket.state_${ticket.state}`)}</Detail>
      {ticket.company !== '' && (
        <Detail name="label.company">
          <a href={companyPath(prefix, ticket.company)}>{companyTitle}</a>
        </Detail>
      )}
      <Detail name="ticket.assignee">
        {ticket.assignee === '' ? t.text('ticket.nobody') : <bdi>{closed(ticket.assignee)}</bdi>}
      </Detail>
      <Detail name="ticket.created">
        <Time at={ticket.createdAt} timezone={timezone} />
      </Detail>
    </dl>
  );
}

/** One ticket: what it is about, what happened to it, and what may be done. */
export function renderTicket(
  page: PageContext,
  view: TicketDetailView,
  frame: { readonly assets: AssetLinks; readonly environment: string },
  problem?: TicketProblem,
): string {
  const { t, prefix } = page;
  const { ticket, mayChange, timezone } = view;
  const most = mostTicketCharacters.comment;
  return renderPage(
    page,
    { ...frame, title: `${ticket.id}: ${ticket.title}` },
    <>
      <p>
        <a href={`${prefix}/tickets`}>{t.text('ticket.nav')}</a>
      </p>
      <h1>
        {ticket.id}: <bdi>{closed(ticket.title)}</bdi>
      </h1>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {t.text(`ticket.problem_${problem}`, { most })}
        </p>
      )}
      <Facts view={view} />
      <Lines text={ticket.text} />
      <h2>{t.text('ticket.history')}</h2>
      <ol class="ticket-history">
        {ticket.history.map((entry, index) => (
          <Entry key={index} entry={entry} timezone={timezone} />
        ))}
      </ol>
      {mayChange && <Forms view={view} />}
    </>,
  );
}
