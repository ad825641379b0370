import type { ComponentChildren } from 'preact';
import type { MonitorStateName } from '../../judgement.ts';
import type { Texts } from '../../known-errors/catalogue.ts';
import { messages } from '../../texts/messages.ts';
import type { MessageKey } from '../../texts/messages.ts';
import type { Instant } from '../../time.ts';
import type { Fact, Money } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';

/** A sign for each state besides its colour, for those who cannot tell colours apart and for prints. */
const stateSigns: Readonly<Record<MonitorStateName, string>> = {
  ok: '✓',
  warning: '▲',
  critical: '✕',
  no_data: '?',
  maintenance: '⚙',
  closed: '☾',
};

/** A sentence in the language of the page. @param timezone for a time in it. */
export function factText({ t, now }: PageContext, fact: Fact, timezone: string): string {
  return t.text(fact.message, {
    ...fact.values,
    ...(fact.at === undefined ? {} : { at: t.time(fact.at, timezone, now) }),
    ...(fact.duration === undefined ? {} : { duration: t.duration(fact.duration) }),
  });
}

interface BadgeProps {
  readonly state: MonitorStateName;
  readonly fact: Fact;
  readonly timezone: string;
}

/** The state in words, with its sign and colour. */
export function Badge({ state, fact, timezone }: BadgeProps) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{stateSigns[state]} </span>
      {factText(usePage(), fact, timezone)}
    </span>
  );
}

/**
 * A text from elsewhere, for the middle of a line: with the end of each isolate that it begins (U+2066 to U+2068). The element around it
 * ends embeddings, but not those; what follows would run backwards.
 */
export function closed(text: string): string {
  let open = 0;
  for (const [mark] of text.matchAll(/[\u2066-\u2069]/g))
    open = Math.max(0, open + (mark === '\u2069' ? -1 : 1));
  return text + '\u2069'.repeat(open);
}

interface SafeLinkProps {
  readonly address: string;
  readonly children: ComponentChildren;
}

/** A link, or its content alone when the address is neither a web address nor a path: a browser would run `javascript:`. */
export function SafeLink({ address, children }: SafeLinkProps) {
  const isSafe = /^https?:\/\//i.test(address) || /^\/(?![/\\])/.test(address);
  return isSafe ? (
    <a href={address} rel="noreferrer">
      {children}
    </a>
  ) : (
    <bdi>{children}</bdi>
  );
}

interface TimeProps {
  readonly at: Instant | null;
  readonly timezone: string;
}

/** `14:02 (5 min ago)`, exact on hovering; `never` where there is none. A time beyond the calendar stays a dash. */
export function Time({ at, timezone }: TimeProps) {
  const { t, now } = usePage();
  if (at === null) return <span class="quiet">{t.text('text.never')}</span>;
  if (Number.isNaN(new Date(at).getTime())) return <span class="quiet">–</span>;
  return (
    <time datetime={new Date(at).toISOString()} title={`${t.exactTime(at, timezone)} (${timezone})`}>
      {t.time(at, timezone, now)} <span class="quiet">({t.age(at, now)})</span>
    </time>
  );
}

/** Amounts, each currency on its own. */
export function Amounts({ amounts }: { readonly amounts: readonly Money[] }) {
  const { t } = usePage();
  if (amounts.length === 0) return <span class="quiet">–</span>;
  return (
    <>
      {amounts.map(({ amount, currency }) => (
        <span key={currency} class="money">
          {t.money(amount, currency)}
        </span>
      ))}
    </>
  );
}

/** Whether there are words for it. */
export const isMessage = (key: string): key is MessageKey => Object.hasOwn(messages, key);

/** A responder as people call it; one of the configuration by its name. */
export function responderName({ t }: PageContext, responder: string): string {
  const key = `responder.${responder}`;
  return isMessage(key) ? t.text(key) : responder;
}

export function Responders({ responders }: { readonly responders: readonly string[] }) {
  const page = usePage();
  if (responders.length === 0) return <span class="quiet">–</span>;
  return <>{page.t.list(responders.map((responder) => responderName(page, responder)))}</>;
}

/** A text of the catalogue in the language of the page. */
export function translated({ t }: PageContext, texts: Texts | null): string {
  return texts === null ? '' : texts[t.language];
}

interface DetailProps {
  readonly name: MessageKey;
  readonly children: ComponentChildren;
}

/** A name and what it is, in a list of such. */
export function Detail({ name, children }: DetailProps) {
  const { t } = usePage();
  return (
    <div class="detail">
      <dt>{t.text(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What may be wider than the window: it is scrolled by itself, with the keyboard too. @param name what it is, for screen readers. */
export function Scroll({ name, children }: DetailProps) {
  const { t } = usePage();
  return (
    <div class="scroll" role="region" aria-label={t.text(name)} tabIndex={0}>
      {children}
    </div>
  );
}

/** A cell that says what it is where a small screen has no room for the head of its table. */
export function Cell({ name, children }: DetailProps) {
  const { t } = usePage();
  return <td data-label={t.text(name)}>{children}</td>;
}

/** The head of a table. */
export function Columns({ names }: { readonly names: readonly MessageKey[] }) {
  const { t } = usePage();
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {t.text(name)}
          </th>
        ))}
      </tr>
    </thead>
  );
}
