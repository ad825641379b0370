import type { Visitor } from '../../config/config.ts';
import { languages } from '../../known-errors/catalogue.ts';
import type { Language } from '../../known-errors/catalogue.ts';
import type { History } from '../../poll/history.ts';
import type { RunsNow } from '../../poll/run-now.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { TicketDesk } from '../../tickets/desk.ts';
import type { RemedyBoard } from '../../remedies/remedies.ts';
import type { Translator } from '../../texts/translator.ts';
import type { Instant } from '../../time.ts';
import { preferredLanguage } from '../accept-language.ts';
import type { Assets } from '../assets.ts';
import type { Json } from '../api/openapi.ts';
import type { Documents } from '../documents.ts';
import type { LongHistory } from '../prometheus/long-history.ts';
import { cookieOf } from '../server/cookies.ts';
import { queryOf } from '../server/http.ts';
import type { HttpRequest } from '../server/http.ts';
import type { Viewer } from '../view/viewer.ts';

/** What pages are made of, for a visitor who has the right to them. */
export interface PageVisit {
  readonly request: HttpRequest;
  readonly visitor: Visitor;
  /** The parts of the path that its route names. */
  readonly params: Readonly<Record<string, string>>;
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly runs: RunsNow;
  /** What the last 24 hours looked like. */
  readonly history: Pick<History, 'of'>;
  /** What more than that looked like, where a Prometheus can tell. */
  readonly longHistory: Pick<LongHistory, 'isConfigured' | 'of'>;
  /** What mends records; absent: nothing does. */
  readonly remedies?: () => RemedyBoard | undefined;
  readonly timezone: () => string;
  readonly now: () => Instant;
  readonly routePrefix: string;
  readonly assets: Assets;
  readonly documents: Documents;
  /** The OpenAPI document, made once. */
  readonly apiDocument: Json;
  readonly translators: ReadonlyMap<Language, Translator>;
  /** What is wrong with how the page is served, for people; '' when nothing is. */
  readonly notice: string;
  /** Tickets; undefined or absent: none are configured. */
  readonly tickets?: () => TicketDesk | undefined;
}

/** Longest text that is searched for. */
export const mostSearchCharacters = 200;

const languageCookie = 'erp-exporter-language';
const secondsOfAYear = 31_536_000;

const isLanguage = (name: string): name is Language => languages.some((language) => language === name);

/** A parameter of the address, cut to what anybody would write; '' when it is absent. */
export function parameter(request: HttpRequest, name: string): string {
  return (queryOf(request).get(name) ?? '').slice(0, mostSearchCharacters);
}

/** The language of a page: what its address says, else what was chosen before, else what the browser prefers. */
export function languageOf(request: HttpRequest): Language {
  const asked = parameter(request, 'lang');
  if (isLanguage(asked)) return asked;
  const chosen = cookieOf(request, languageCookie);
  return isLanguage(chosen) ? chosen : preferredLanguage(request.headers['accept-language'] ?? '', languages);
}

/** The header that keeps a language that was chosen by the address. */
export function rememberLanguage({ request, routePrefix }: PageVisit): Readonly<Record<string, string>> {
  const asked = parameter(request, 'lang');
  return isLanguage(asked)
    ? {
        'Set-Cookie': `${languageCookie}=${asked}; Path=${routePrefix}/; Max-Age=${secondsOfAYear}; HttpOnly; SameSite=Lax`,
      }
    : {};
}

/** What a visitor may see, as views ask for it. */
export function viewerOf({ companies, rights }: Visitor): Viewer {
  return {
    sees: (company) => companies === 'all' || companies.has(company),
    may: (right) => rights.has(right),
  };
}

/** What says things in a language. @throws Error when there is no such: a defect. */
export function translatorOf({ translators }: PageVisit, language: Language): Translator {
  const found = translators.get(language);
  if (found === undefined) throw new Error(`no translator for ${language}`);
  return found;
}
