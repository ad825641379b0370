import type { Driver } from '../driver.ts';
import { quoting } from './quoting.ts';

export const postgres: Driver = {
  name: 'postgres',
  title: 'PostgreSQL',
  place: 'server',
  schemes: ['postgres', 'postgresql'],
  urlParameters: {
    // The folder of a socket, as libpq has it.
    host: 'host',
    dbname: 'database',
    user: 'user',
    password: 'password',
    sslmode: 'tls',
    ssl: 'tls',
    sslrootcert: 'tls_ca_file',
    sslcert: 'tls_cert_file',
    sslkey: 'tls_key_file',
  },
  quoting,
  // SQLSTATE is of the standard, not of this server; see src/known-errors/codes.ts.
  codes: [],
  canCompare: true,
  load: () => import('./database.ts'),
  loadWritable: () => import('./writable.ts'),
  keepsState: true,
};
