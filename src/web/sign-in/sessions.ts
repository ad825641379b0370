import { randomBytes } from 'node:crypto';
import type { OpenIdConnect, Visitor } from '../../config/config.ts';
import { visitorOfPerson, withoutUnusedValues } from './people.ts';
import type { Claims, Person } from './people.ts';
import type { Seal } from './seal.ts';

/** Browsers keep cookies of 4096 bytes, their name and rules included. */
const mostCharacters = 3_800;
/** Sessions that were ended and could still be shown. */
const mostEnded = 10_000;

/** What a session is made of: who it is, never what they may do, so that a change of rights applies at once. */
interface Session extends Person {
  readonly id: string;
  /** When it began, in milliseconds. */
  readonly since: number;
}

function claimsOf(value: unknown): Claims {
  if (typeof value !== 'object' || value === null) return {};
  const entries: readonly [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, values]) => [
      name,
      Array.isArray(values) ? values.filter((item): item is string => typeof item === 'string') : [],
    ]),
  );
}

function sessionOf(content: Readonly<Record<string, unknown>>): Session | undefined {
  const { sub, jti, name, since, claims } = content;
  if (typeof sub !== 'string' || typeof jti !== 'string' || typeof since !== 'number') return undefined;
  return {
    id: jti,
    since,
    subject: sub,
    name: typeof name === 'string' ? name : sub,
    claims: claimsOf(claims),
  };
}

/** The sessions of people who signed in. They live in cookies; here are those alone that were ended before their time. */
export class Sessions {
  readonly #now: () => number;
  readonly #ended = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The text of a new session; undefined when even what decides about a person is too much for a cookie. */
  async begin(seal: Seal, oidc: OpenIdConnect, person: Person): Promise<string | undefined> {
    for (const { subject, name, claims } of [person, withoutUnusedValues(oidc, person)]) {
      const now = this.#now();
      const content = { sub: subject, jti: randomBytes(16).toString('base64url'), name, since: now, claims };
      const text = await seal.close('session', oidc, content, now + oidc.sessionMs);
      if (text.length <= mostCharacters) return text;
    }
    return undefined;
  }

  /** Who shows this session; undefined when it is none of ours, or over. */
  async visitorOf(seal: Seal, oidc: OpenIdConnect, text: string): Promise<Visitor | undefined> {
    const session = await this.#read(seal, oidc, text);
    if (session === undefined) return undefined;
    return { ...visitorOfPerson(oidc, session), session: { csrfToken: seal.tokenOf('csrf', session.id) } };
  }

  /** Ends a session, also for whoever has a copy of its cookie, as long as this process lives. */
  async end(seal: Seal, oidc: OpenIdConnect, text: string): Promise<void> {
    const session = await this.#read(seal, oidc, text);
    if (session === undefined) return;
    const now = this.#now();
    for (const [id, until] of this.#ended)
      if (until <= now || this.#ended.size >= mostEnded) this.#ended.delete(id);
    this.#ended.set(session.id, session.since + oidc.sessionMs);
  }

  async #read(seal: Seal, oidc: OpenIdConnect, text: string): Promise<Session | undefined> {
    if (text.length > mostCharacters) return undefined;
    const content = await seal.open('session', oidc, text, this.#now());
    const session = content === undefined ? undefined : sessionOf(content);
    if (session === undefined || this.#ended.has(session.id)) return undefined;
    // A shorter life applies to sessions that are there, too.
    return this.#now() < session.since + oidc.sessionMs ? session : undefined;
  }
}
