/** Asks for `Inspection`: a row for each reason why the login could write, one without a reason when it could not. */
export const inspection = `
SELECT @@VERSION AS version, SUSER_SNAME() AS login, found.reason
FROM (SELECT 1 AS one) AS one
LEFT JOIN (
  SELECT TOP (5) reason FROM (
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
  ORDER BY place, reason
) AS found ON 1 = 1`;
