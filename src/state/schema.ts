/**
 * What leads from each version of the state file to the next one; the first makes a new file. Never changed once released:
 * a later need is a step of its own.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE class (
    flow TEXT NOT NULL, error TEXT NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    baseline INTEGER NOT NULL, PRIMARY KEY (flow, error)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE source (source TEXT NOT NULL PRIMARY KEY, first_run INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE monitor_scope (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL, last_used INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE monitor_entry (
    scope INTEGER NOT NULL REFERENCES monitor_scope (id) ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE history (series TEXT NOT NULL PRIMARY KEY, saved INTEGER NOT NULL, points BLOB NOT NULL) STRICT;
  CREATE INDEX history_saved ON history (saved);
  `,
];
