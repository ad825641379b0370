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
