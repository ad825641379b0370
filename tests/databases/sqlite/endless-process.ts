import { open } from '../../../src/databases/sqlite/database.ts';
import { fileSettings } from './file.ts';

/* A process that runs a statement without an end on the file of its argument, until it is killed. */

const sql = 'WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) AS n FROM t';
const options = { signal: new AbortController().signal, maxRows: 1, timeoutMs: 600_000 };
await Array.fromAsync(open(fileSettings(process.argv[2] ?? '')).query(sql, {}, options));
