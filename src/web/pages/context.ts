import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../../known-errors/catalogue.ts';
import type { Translator } from '../../texts/translator.ts';
import type { Instant } from '../../time.ts';

/** Somebody who signed in, and whose session a cookie carries. */
export interface SignedIn {
  readonly name: string;
  /** Stands in each form that changes something. */
  readonly csrfToken: string;
}

/** What every component of a page may need: the reader's language, the time, and where the page is. */
export interface PageContext {
  readonly t: Translator;
  readonly now: Instant;
  /** Zone for times that belong to no company. */
  readonly timezone: string;
  readonly version: string;
  /** Path under which all pages are, without a slash at its end. */
  readonly prefix: string;
  /** This page's path and query, for the switch of languages. */
  readonly here: URL;
  readonly languages: readonly Language[];
  /** What is wrong with how the page is served; '' when nothing is. */
  readonly notice: string;
  /** Who reads it; `null`: somebody who comes by no session. */
  readonly person: SignedIn | null;
  /** Whether there are pages of tickets. */
  readonly hasTickets?: boolean;
  /** Whether there are remedies. */
  readonly hasRemedies?: boolean;
}

const Context = createContext<PageContext | null>(null);

export const PageContextProvider = Context.Provider;

/** The context of the page that is rendered. @throws Error outside of one. */
export function usePage(): PageContext {
  const page = useContext(Context);
  if (page === null) throw new Error('a component outside of a page');
  return page;
}
