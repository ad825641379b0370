/**
 * What leads from each version of the tables to the next one, one statement each. Never changed once released: a later need is
 * a step of its own. Texts are compared byte by byte, as SQLite does.
 */
export const migrationsOf = (prefix: string): readonly (readonly string[])[] => [
  [
    `CREATE TABLE ${prefix}outbox_entry (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, kind text COLLATE "C" NOT NULL,
      action text COLLATE "C" NOT NULL, queue text COLLATE "C" NOT NULL, company text COLLATE "C" NOT NULL, payload text NOT NULL,
      not_before bigint NOT NULL, expires bigint NOT NULL, stored_at bigint NOT NULL, state text COLLATE "C" NOT NULL,
      attempts bigint NOT NULL, next_try bigint NOT NULL, last_try bigint, note text NOT NULL, result text NOT NULL,
      settled_at bigint, lease_owner text, lease_token text, lease_until bigint)`,
    `CREATE INDEX outbox_entry_waiting ON ${prefix}outbox_entry (queue, id) WHERE state = 'waiting'`,
    `CREATE INDEX outbox_entry_settled ON ${prefix}outbox_entry (settled_at, id) WHERE state <> 'waiting'`,
    `CREATE TABLE ${prefix}outbox_past_key (key text COLLATE "C" PRIMARY KEY, settled_at bigint NOT NULL)`,
    `CREATE INDEX outbox_past_key_settled ON ${prefix}outbox_past_key (settled_at)`,
    `CREATE TABLE ${prefix}outbox_document (
      collection text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, version bigint NOT NULL, value text NOT NULL,
      PRIMARY KEY (collection, key))`,
  ],
];
