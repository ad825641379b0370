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
  `
  CREATE TABLE outbox_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, action TEXT NOT NULL, queue TEXT NOT NULL,
    company TEXT NOT NULL, payload TEXT NOT NULL, not_before INTEGER NOT NULL, expires INTEGER NOT NULL, stored_at INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, next_try INTEGER NOT NULL, last_try INTEGER, note TEXT NOT NULL,
    result TEXT NOT NULL, settled_at INTEGER, lease_owner TEXT, lease_token TEXT, lease_until INTEGER
  ) STRICT;
  CREATE INDEX outbox_entry_waiting ON outbox_entry (queue, id) WHERE state = 'waiting';
  CREATE INDEX outbox_entry_settled ON outbox_entry (settled_at, id) WHERE state <> 'waiting';
  CREATE TABLE outbox_past_key (key TEXT NOT NULL PRIMARY KEY, settled_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX outbox_past_key_settled ON outbox_past_key (settled_at);
  CREATE TABLE outbox_document (
    collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
  `,
];
