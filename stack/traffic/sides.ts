import mssql from 'mssql';
import pg from 'pg';
import { toTSql } from './t-sql.ts';

/** A database that the simulated integration writes to. */
export interface Side {
  /** Runs statements of the simulation in one transaction; the list may be empty. */
  write(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Time limit of connecting and of a transaction, in milliseconds. */
const patienceMs = 20_000;

/** @param onLost called when the server ends the connection. */
export async function connectPostgres(url: string, onLost: (error: Error) => void): Promise<Side> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    application_name: 'demo integration',
  });
  client.on('error', onLost);
  await client.connect();
  return {
    write: async (statements) => {
      if (statements.length > 0) await client.query(`BEGIN; ${statements.join(';\n')}; COMMIT`);
    },
    close: () => client.end(),
  };
}

/** @param onLost called when the server ends the connection. */
export async function connectSqlServer(
  login: {
    readonly server: string;
    readonly port?: number;
    readonly user: string;
    readonly password: string;
  },
  onLost: (error: Error) => void,
): Promise<Side> {
  const pool = new mssql.ConnectionPool({
    ...login,
    database: 'ERP',
    connectionTimeout: patienceMs,
    requestTimeout: patienceMs,
    pool: { max: 1 },
    // The demo's server has a self-signed certificate.
    options: { appName: 'demo integration', encrypt: true, trustServerCertificate: true },
  });
  pool.on('error', onLost);
  await pool.connect();
  return {
    write: async (statements) => {
      if (statements.length === 0) return;
      const batch = ['SET XACT_ABORT ON', 'BEGIN TRANSACTION', ...statements.flatMap(toTSql), 'COMMIT'];
      await pool.request().batch(batch.join(';\n'));
    },
    close: () => pool.close(),
  };
}
