import { isIP } from 'node:net';
import type { config } from 'mssql';
import type { DatabaseSettings } from '../contract.ts';
import { pemTexts } from '../shared/tls.ts';
import { authenticationOf } from './logins.ts';

/** What of the configuration of a pool says where to connect, and how. */
export type ConnectionConfig = Pick<config, 'server' | 'authentication' | 'options'>;

/** The configuration of `mssql`, and of tedious below it, for `settings`. @param writes the server must not send us to a replica. */
export function connectionConfig(settings: DatabaseSettings, writes = false): ConnectionConfig {
  const [host = '', instance] = settings.host.split('\\');
  const { mode } = settings.tls;
  const address =
    settings.port === undefined && instance !== undefined
      ? { instanceName: instance }
      : { port: settings.port ?? 1433 };
  return {
    server: host,
    authentication: authenticationOf(settings),
    options: {
      ...address,
      ...(settings.database === undefined ? {} : { database: settings.database }),
      appName: 'erp-exporter',
      readOnlyIntent: !writes,
      abortTransactionOnError: true,
      connectTimeout: settings.connectTimeoutMs,
      // Statements are timed by their own execution.
      requestTimeout: 0,
      // Callers try again by themselves, with a growing pause.
      maxRetriesOnTransientErrors: 0,
      useUTC: true,
      lowerCaseGuids: true,
      encrypt: mode !== 'disable',
      trustServerCertificate: mode !== 'verify-full',
      serverName: settings.tls.serverName ?? nameOf(host, mode),
      cryptoCredentialsDetails: pemTexts(settings.tls),
    },
  };
}

/** TLS asks for a name; an address is none (RFC 6066), so where the name is not checked anyway any will do. */
function nameOf(host: string, mode: DatabaseSettings['tls']['mode']): string {
  return isIP(host) !== 0 && mode !== 'verify-full' ? 'sqlserver' : host;
}
