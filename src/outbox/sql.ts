import type { Parameters } from '../databases/values.ts';
import type { EntryFilter } from './contract.ts';
import type { Engine, Step } from './engine.ts';
import { entryColumns, storedInstant } from './rows.ts';

/** The statements of a store. */
export type Sql = ReturnType<typeof sqlOf>;

const free = '(lease_until IS NULL OR lease_until <= :leases)';

const changesOf = (entries: string, pastKeys: string) => ({
  /** An entry of a new key; changes nothing when the key was there before. */
  add: `
    INSERT INTO ${entries} (key, kind, action, queue, company, payload, not_before, expires, stored_at, state, attempts, next_try,
      note, result)
    SELECT CAST(:key AS text), CAST(:kind AS text), CAST(:action AS text), CAST(:queue AS text), CAST(:company AS text),
      CAST(:payload AS text), CAST(:not_before AS bigint), CAST(:expires AS bigint), CAST(:now AS bigint), 'waiting', 0,
      CAST(:not_before AS bigint), '', 'null'
    WHERE NOT EXISTS (SELECT 1 FROM ${pastKeys} WHERE key = CAST(:key AS text))
    ON CONFLICT (key) DO NOTHING`,
  expire: `
    UPDATE ${entries} SET state = 'expired', settled_at = :now, lease_owner = NULL, lease_token = NULL, lease_until = NULL
    WHERE id = :id`,
  take: `
    UPDATE ${entries} SET attempts = attempts + 1, last_try = :now, lease_owner = :owner, lease_token = :token, lease_until = :until
    WHERE id = :id`,
  giveBack: `
    UPDATE ${entries} SET next_try = :next, note = :note, lease_owner = NULL, lease_token = NULL, lease_until = NULL
    WHERE id = :id AND lease_token = :token AND state = 'waiting'`,
  settle: `
    UPDATE ${entries} SET state = :state, note = :note, result = :result, settled_at = :now, lease_owner = NULL, lease_token = NULL,
      lease_until = NULL
    WHERE id = :id AND lease_token = :token AND state = 'waiting'`,
});

/** What removes old entries, and keeps their keys for a while. */
const pruningOf = (entries: string, pastKeys: string) => {
  const old = `state <> 'waiting' AND (settled_at < :before OR id IN (
      SELECT id FROM ${entries} WHERE state <> 'waiting' ORDER BY settled_at DESC, id DESC LIMIT 1000000 OFFSET :most))`;
  return {
    keepKeys: `
      INSERT INTO ${pastKeys} (key, settled_at) SELECT key, settled_at FROM ${entries} WHERE ${old} ON CONFLICT (key) DO NOTHING`,
    removeSettled: `DELETE FROM ${entries} WHERE ${old}`,
    forgetKeys: `
      DELETE FROM ${pastKeys} WHERE settled_at < :before OR key IN (
        SELECT key FROM ${pastKeys} ORDER BY settled_at DESC, key DESC LIMIT 1000000 OFFSET :most)`,
  };
};

const documentsOf = (documents: string) => ({
  document: `SELECT key, version, value FROM ${documents} WHERE collection = :collection AND key = :key`,
  documents: `
    SELECT key, version, value FROM ${documents} WHERE collection = :collection AND key > :after ORDER BY key LIMIT :limit`,
  addDocument: `
    INSERT INTO ${documents} (collection, key, version, value) VALUES (:collection, :key, 1, :value)
    ON CONFLICT (collection, key) DO NOTHING`,
  changeDocument: `
    UPDATE ${documents} SET value = :value, version = version + 1
    WHERE collection = :collection AND key = :key AND version = :version`,
  removeDocument: `
    DELETE FROM ${documents} WHERE collection = :collection AND key = :key AND version = :version`,
});

/** Each condition of a filter, by its own name of a parameter. */
function filterOf({ kind, queue, state, keyPrefix, before }: EntryFilter): readonly [string, Parameters][] {
  return [
    ...(kind === undefined ? [] : ([['kind = :kind', { kind }]] as const)),
    ...(queue === undefined ? [] : ([['queue = :queue', { queue }]] as const)),
    ...(state === undefined ? [] : ([['state = :state', { state }]] as const)),
    ...(before === undefined ? [] : ([['id < :before', { before: storedInstant(before) }]] as const)),
    ...(keyPrefix === undefined
      ? []
      : ([
          [
            'key >= :prefix AND substr(key, 1, CAST(:length AS integer)) = :prefix',
            // Of characters, which a pair of surrogates is one of.
            { prefix: keyPrefix, length: Array.from(keyPrefix).length },
          ],
        ] as const)),
  ].map(([sql, parameters]) => [sql, parameters]);
}

function entriesOf(table: string, filter: EntryFilter): Step {
  const conditions = filterOf(filter);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  return {
    sql: `SELECT ${entryColumns} FROM ${table} ${where} ORDER BY id DESC LIMIT :limit`,
    parameters: Object.assign({ limit: filter.limit }, ...conditions.map(([, given]) => given)) as Parameters,
  };
}

/**
 * What is due of these kinds: each the oldest of its queue, and leased by nobody. An entry that was stored or tried in the future is due
 * too: the clock was set back since, and it would wait for as long as that.
 */
function dueOf(entries: string, lockRows: string, kinds: readonly string[], parameters: Parameters): Step {
  const names = kinds.map((_, at) => `:kind${at}`);
  return {
    sql: `
      SELECT ${entryColumns} FROM ${entries} AS entry
      WHERE state = 'waiting' AND (next_try <= :now OR COALESCE(last_try, stored_at) > :now) AND expires > :now AND ${free}
        AND kind IN (${names.join(', ')}) AND NOT EXISTS (
          SELECT 1 FROM ${entries} AS earlier
          WHERE earlier.queue = entry.queue AND earlier.state = 'waiting' AND earlier.id < entry.id)
      ORDER BY next_try, id LIMIT :limit ${lockRows}`,
    parameters: { ...parameters, ...Object.fromEntries(kinds.map((kind, at) => [`kind${at}`, kind])) },
  };
}

/** The statements, for SQLite and PostgreSQL alike. */
export function sqlOf({ prefix, lockRows }: Pick<Engine, 'prefix' | 'lockRows'>) {
  const [entries, pastKeys] = [`${prefix}outbox_entry`, `${prefix}outbox_past_key`];
  return {
    ...changesOf(entries, pastKeys),
    ...pruningOf(entries, pastKeys),
    ...documentsOf(`${prefix}outbox_document`),
    findExpired: `
      SELECT ${entryColumns} FROM ${entries}
      WHERE state = 'waiting' AND expires <= :now AND ${free} ORDER BY id LIMIT :limit ${lockRows}`,
    due: (kinds: readonly string[], parameters: Parameters) => dueOf(entries, lockRows, kinds, parameters),
    entries: (filter: EntryFilter) => entriesOf(entries, filter),
    countWaiting: `SELECT count(*) AS waiting FROM ${entries} WHERE state = 'waiting'`,
    counts: `
      SELECT kind, action, count(*) AS waiting, sum(CASE WHEN attempts > 0 THEN 1 ELSE 0 END) AS failing,
        min(CASE WHEN not_before > stored_at THEN not_before ELSE stored_at END) AS oldest
      FROM ${entries} WHERE state = 'waiting' GROUP BY kind, action ORDER BY kind, action`,
  };
}
