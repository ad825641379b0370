import type { DatabaseSettings, OpenDatabase } from './contract.ts';
import type { Quoting } from './shared/named-parameters.ts';
import type { ParsedUrl, UrlParameters } from './shared/url.ts';
import type { OpenWritableDatabase } from './writable.ts';

/** Where a text of an error shows a code of this maker's servers. Must take linear time. */
export interface CodePattern {
  /** Namespace of the codes, as in `DatabaseError.code`. */
  readonly namespace: string;
  /** Its first group is the code; anchored by the words around it. */
  readonly pattern: RegExp;
}

/** What is wrong with a login, or odd, each a sentence of a message. */
export interface LoginFindings {
  readonly problem?: string | undefined;
  readonly warning?: string | undefined;
}

/**
 * What the product knows of a driver without loading it: a folder's `index.ts` declares it, and `drivers.ts` lists it. The
 * client package is imported by what `load` imports, so nobody needs a client that no configuration names.
 */
export interface Driver {
  /** What `driver:` says. */
  readonly name: string;
  /** What it reads, for the documentation: `PostgreSQL`. */
  readonly title: string;
  /** Where the data are: on a server (`host`, `port`, a login, TLS) or in a file (`file`). */
  readonly place: 'server' | 'file';
  /** Schemes of its URLs, the usual one first. */
  readonly schemes: readonly string[];
  /** What the parameters of such a URL mean. */
  readonly urlParameters: UrlParameters;
  /** Reads what stands in `url` and is no URL: the connection string of this maker's other clients. */
  readonly parseConnectionString?: (text: string) => ParsedUrl;
  /** Reads a `host` that is written as this maker's other clients take it, with its port perhaps. */
  readonly readServer?: (
    host: string,
  ) => { readonly host: string; readonly port?: number } | { readonly problem: string };
  /** What `authentication` may say, for logins other than by user and password. */
  readonly authentications?: readonly string[];
  /** Looks at the login of a database whose settings are complete. */
  readonly checkLogin?: (settings: DatabaseSettings) => LoginFindings;
  /** What in a statement is quoted, so that a `:name` in it is no parameter. */
  readonly quoting: Quoting;
  /** How texts show the codes of its errors. */
  readonly codes: readonly CodePattern[];
  /** Whether its databases have `comparison`, so that `reconcile` can read them. */
  readonly canCompare: boolean;
  readonly load: () => Promise<{ readonly open: OpenDatabase }>;
  /** Loads what opens a database that is written to; absent where the driver cannot. */
  readonly loadWritable?: () => Promise<{ readonly openWritable: OpenWritableDatabase }>;
  /** Whether replicas may keep what they share in such a database: its SQL is what `src/outbox` is written in. */
  readonly keepsState?: true;
}
