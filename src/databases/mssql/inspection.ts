import type { Row } from '../values.ts';
import type { PlannedTable } from './access.ts';

/** Asks for `Inspection`: a row for each finding, whose `sort` says for which of its lists; one without a reason when there is none. */
export const inspection = `
SELECT @@VERSION AS version, SUSER_SNAME() AS login, found.reason, found.sort
FROM (SELECT 1 AS one) AS one
LEFT JOIN (
  SELECT reason, N'writable' AS sort FROM (SELECT TOP (5) reason FROM (
    SELECT 1 AS place, N'sysadmin' AS reason WHERE IS_SRVROLEMEMBER(N'sysadmin') = 1
    UNION ALL
    SELECT 2, name FROM (VALUES (N'db_owner'), (N'db_datawriter'), (N'db_ddladmin')) AS roles (name)
    WHERE IS_ROLEMEMBER(name) = 1
    UNION ALL
    SELECT 3, permission + N' on database ' + DB_NAME()
    FROM (VALUES (N'INSERT'), (N'UPDATE'), (N'DELETE'), (N'ALTER')) AS permissions (permission)
    WHERE HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', permission) = 1
    UNION ALL
    SELECT 4, permission + N' on ' + (s.name + N'.' + t.name) COLLATE DATABASE_DEFAULT
    FROM sys.tables AS t
    JOIN sys.schemas AS s ON s.schema_id = t.schema_id
    CROSS JOIN (VALUES (N'INSERT'), (N'UPDATE'), (N'DELETE')) AS permissions (permission)
    WHERE HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), N'OBJECT', permission) = 1
  ) AS reasons
  ORDER BY place, reason) AS writes
  UNION ALL
  SELECT reason, sort FROM (VALUES
    (N'sysadmin', N'powerful', IS_SRVROLEMEMBER(N'sysadmin')),
    (N'CONTROL SERVER', N'powerful', HAS_PERMS_BY_NAME(NULL, NULL, N'CONTROL SERVER')),
    (N'EXECUTE on xp_cmdshell', N'reaching', HAS_PERMS_BY_NAME(N'master..xp_cmdshell', N'OBJECT', N'EXECUTE')),
    (N'ALTER ANY CONNECTION', N'reaching', HAS_PERMS_BY_NAME(NULL, NULL, N'ALTER ANY CONNECTION')),
    (N'ADMINISTER BULK OPERATIONS', N'reaching', HAS_PERMS_BY_NAME(NULL, NULL, N'ADMINISTER BULK OPERATIONS'))
  ) AS rights (reason, sort, held)
  WHERE held = 1
) AS found ON 1 = 1`;

/**
 * The tables of the database that a security policy filters, each once for itself and once for every view that reads it, by any
 * number of views between them. Policies are there since SQL Server 2016, and shown to a login with VIEW DEFINITION alone.
 */
export const filteringPolicies = `
WITH filtered (id) AS (
  SELECT DISTINCT predicates.target_object_id
  FROM sys.security_predicates AS predicates
  JOIN sys.security_policies AS policies ON policies.object_id = predicates.object_id
  WHERE policies.is_enabled = 1 AND predicates.predicate_type_desc = N'FILTER'
), readers (id, reader) AS (
  SELECT id, id FROM filtered
  UNION ALL
  SELECT readers.id, dependencies.referencing_id
  FROM readers
  JOIN sys.sql_expression_dependencies AS dependencies ON dependencies.referenced_id = readers.reader
  JOIN sys.views AS views ON views.object_id = dependencies.referencing_id
)
SELECT DISTINCT DB_NAME() AS place, OBJECT_SCHEMA_NAME(id) AS owner, OBJECT_NAME(id) AS name, OBJECT_NAME(reader) AS reader
FROM readers
ORDER BY owner, name, reader`;

/** A table that a policy filters, and a name by which a statement may read it: its own, or that of a view. */
interface FilteredTable extends PlannedTable {
  readonly reader: string;
}

/** Reads the rows of `filteringPolicies`. */
export function filteredTablesOf(rows: readonly Row[]): readonly FilteredTable[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return rows.map(({ place, owner, name, reader }) => ({
    database: text(place),
    schema: text(owner),
    table: text(name),
    reader: text(reader),
  }));
}

/** Names of SQL Server differ in case by its collation, which is mostly without case. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function mentions(sql: string, name: string): boolean {
  const escaped = name.replaceAll(']', ']]').replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_@#$])${escaped}(?![\\p{L}\\p{N}_@#$])`, 'iu').test(sql);
}

/**
 * Which of the filtered tables a statement reads, as `schema.table`.
 * @param planned the tables of its plan; undefined where the login may not see plans: then names that it mentions decide.
 */
export function tablesRead(
  sql: string,
  filtered: readonly FilteredTable[],
  planned: readonly PlannedTable[] | undefined,
): readonly string[] {
  const isRead = ({ database, schema, table, reader }: FilteredTable): boolean =>
    planned === undefined
      ? mentions(sql, reader)
      : planned.some(
          (one) => isSame(one.database, database) && isSame(one.schema, schema) && isSame(one.table, table),
        );
  return [...new Set(filtered.filter(isRead).map(({ schema, table }) => `${schema}.${table}`))];
}
