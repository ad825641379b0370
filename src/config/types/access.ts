/**
 * What a visitor may do: scrape, open the page, see single records and SQL on it, have a monitor run now, change tickets of the built-in
 * tracker, stop remedies, reload and quit. `alerts`, which Alertmanager's token alone has: tell what fires.
 */
export type Right =
  'metrics' | 'page' | 'records' | 'sql' | 'refresh' | 'tickets' | 'remedies' | 'reload' | 'alerts';

/** Who sees what. */
export interface Visitor {
  /** For the log and for messages. */
  readonly name: string;
  readonly companies: ReadonlySet<string> | 'all';
  readonly rights: ReadonlySet<Right>;
  /** Of a person who signed in, and comes by a cookie; what such a visitor changes must prove that a page of ours asked. */
  readonly session?: { readonly csrfToken: string };
}

/** A visitor, and by what it is recognised. */
export interface KnownVisitor extends Visitor {
  readonly by: 'user' | 'certificate' | 'token';
  /** The name of the user, a name of the certificate, or the SHA-256 of the token in hexadecimal digits. */
  readonly key: string;
}

/** A proxy that logs people in, and says in headers who they are. */
export interface TrustedProxy {
  /** SHA-256 of its secret, in hexadecimal digits. */
  readonly secretHash: string;
  /** Names of headers, in lower case. */
  readonly userHeader: string;
  readonly companiesHeader: string;
  /** What the header of companies says when it means all of them. */
  readonly allCompanies: string;
  readonly rights: ReadonlySet<Right>;
}

/** What people see of whom the provider says this. */
export interface PeopleRule {
  readonly claim: string;
  /** One of the values of the claim; undefined: any. */
  readonly value: string | undefined;
  readonly companies: ReadonlySet<string> | 'all' | { readonly claim: string };
  readonly rights: ReadonlySet<Right>;
}

/** A provider of OpenID Connect at which people sign in. */
export interface OpenIdConnect {
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: a public client. */
  readonly clientSecret: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly people: readonly PeopleRule[];
  /** Signs sessions; undefined: a key of the process does. */
  readonly sessionKey: string | undefined;
  readonly sessionMs: number;
  /** Whether signing out ends the session at the issuer too. */
  readonly endsAtIssuer: boolean;
}

export interface Access {
  /** First match wins. */
  readonly visitors: readonly KnownVisitor[];
  readonly proxy?: TrustedProxy;
  readonly oidc?: OpenIdConnect;
}
