import type { TableName } from './tables.ts';

/**
 * What is to be found, by set, as PostgreSQL itself sees it: a key that is there more than once, else a full outer join. The
 * texts and the key are compared byte by byte.
 */
export function oracleSql(key: 'id' | 'ref', withTexts: boolean): string {
  const code = (side: string): string =>
    `CASE WHEN ${side}.status IN ('open', 'paid') THEN ${side}.status WHEN ${side}.status IS NULL THEN NULL ELSE 'other' END`;
  const fields = (side: string): string =>
    [
      `${side}.amount, ${side}.qty, ${code(side)}, ${side}.paid`,
      ...(withTexts ? [`${side}.a COLLATE "C", ${side}.b COLLATE "C"`] : []),
    ].join(', ');
  const several = (table: TableName): string =>
    `SELECT set_id, ${key} AS k FROM ${table} WHERE ${key} IS NOT NULL GROUP BY set_id, ${key} HAVING count(*) > 1`;
  const found = `
    SELECT set_id, k::text, 'duplicate' AS kind FROM twice
    UNION ALL
    SELECT COALESCE(l.set_id, r.set_id), COALESCE(l.${key}, r.${key})::text,
      CASE WHEN l.set_id IS NULL THEN 'missing_left' WHEN r.set_id IS NULL THEN 'missing_right' ELSE 'different' END
    FROM (SELECT * FROM left_rows WHERE ${key} IS NOT NULL) l
    FULL OUTER JOIN (SELECT * FROM right_rows WHERE ${key} IS NOT NULL) r ON l.set_id = r.set_id AND l.${key} = r.${key}
    WHERE (l.set_id IS NULL OR r.set_id IS NULL OR ROW(${fields('l')}) IS DISTINCT FROM ROW(${fields('r')}))
      AND NOT EXISTS (SELECT FROM twice WHERE twice.set_id = COALESCE(l.set_id, r.set_id)
        AND twice.k = COALESCE(l.${key}, r.${key}))`;
  const earliest = (table: TableName): string =>
    `(SELECT min(at) FROM ${table} t WHERE t.set_id = f.set_id AND t.${key}::text = f.k)`;
  return `WITH twice AS (${several('left_rows')} UNION ${several('right_rows')})
    SELECT f.set_id, f.k, f.kind, extract(epoch FROM COALESCE(${earliest('left_rows')}, ${earliest('right_rows')})) * 1000 AS at
    FROM (${found}) f`;
}
