import type { OpenDatabase } from './contract.ts';
import type { Quoting } from './shared/named-parameters.ts';
import type { UrlParameters } from './shared/url.ts';

/** Where a text of an error shows a code of this maker's servers. Must take linear time. */
export interface CodePattern {
  /** Namespace of the codes, as in `DatabaseError.code`. */
  readonly namespace: string;
  /** Its first group is the code; anchored by the words around it. */
  readonly pattern: RegExp;
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
  /** What in a statement is quoted, so that a `:name` in it is no parameter. */
  readonly quoting: Quoting;
  /** How texts show the codes of its errors. */
  readonly codes: readonly CodePattern[];
  /** Whether its databases have `comparison`, so that `reconcile` can read them. */
  readonly canCompare: boolean;
  readonly load: () => Promise<{ readonly open: OpenDatabase }>;
}
