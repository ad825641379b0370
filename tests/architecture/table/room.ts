/** A room of the house: a folder below `src`, or a file with rules of its own, and what it may import. */
export interface Room {
  /** Below `src`. `*` stands for any one folder that has no room of its own: a driver, a kind. */
  readonly path: string;
  /** Rooms that it may import. Its own files always, never those of another folder that the same `*` stands for. */
  readonly imports?: readonly string[];
  /** Rooms of which it may import types alone. */
  readonly types?: readonly string[];
  /** Packages, `node:` ones included, that it may import. */
  readonly packages?: readonly string[];
  /** A function of its arguments: no clock, no I/O, no chance. */
  readonly pure?: true;
  /** May import packages that are not listed, if no other room does: the client of a database. */
  readonly ownPackages?: true;
}
