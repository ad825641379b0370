import { z } from 'zod';
import { driverNames } from '../../databases/drivers.ts';
import { file, lasting, text, timezone } from './values.ts';

export const databaseSchema = z.strictObject({
  driver: z
    .enum(driverNames)
    .describe('What kind of server it is; MariaDB is `mysql`.')
    .meta({ examples: ['postgres'] }),
  url: text
    .optional()
    .describe(
      'Host, port, user, password, database and TLS in one: `postgres://`, `mysql://` or `mssql://user:password@host:port/database`. What it says may not be said by another key too.',
    )
    .meta({ examples: ['${SHOP_URL}'] }),
  url_file: file('the `url`')
    .optional()
    .meta({ examples: ['/run/secrets/shop-url'] }),
  host: text
    .optional()
    .describe(
      'Host name or address; `server\\instance` for SQL Server; the path of a socket for PostgreSQL (its folder) and MySQL.',
    )
    .meta({ examples: ['erp.acme.lan'] }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Port. Absent: the driver's own.")
    .meta({ examples: [1433] }),
  database: text
    .optional()
    .describe('Name of the database on the server.')
    .meta({ examples: ['ACME'] }),
  user: text
    .optional()
    .describe('Login; it needs to read and nothing else.')
    .meta({ examples: ['exporter'] }),
  password: z
    .string()
    .optional()
    .describe('Password of the login.')
    .meta({ examples: ['${ERP_PASSWORD}'] }),
  password_file: file('the `password`')
    .optional()
    .meta({ examples: ['/run/secrets/erp'] }),
  timezone: timezone
    .default('UTC')
    .describe('Zone in which the timestamps without a zone are written.')
    .meta({ examples: ['Europe/Brussels'] }),
  connections: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Most sessions, and so statements, at once.')
    .meta({ examples: [4] }),
  connect_timeout: lasting(100)
    .prefault('5s')
    .describe('How long making a connection may take.')
    .meta({ examples: ['10s'] }),
  lock_timeout: lasting(1)
    .prefault('2s')
    .describe('How long a statement waits for a lock.')
    .meta({ examples: ['500ms'] }),
  tls: z
    .enum(['disable', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe(
      '`disable`: plain text; `require`: encrypted, whoever answers; `verify-ca`: the certificate must be signed by a known authority; `verify-full`: and name the host. Absent: `disable` on this machine and for sockets, else `require`.',
    )
    .meta({ examples: ['verify-full'] }),
  tls_ca_file: file('the certificates of the authorities (PEM); absent: the public ones')
    .optional()
    .meta({ examples: ['ca.pem'] }),
  tls_cert_file: file('the certificate (PEM) that the exporter shows to the server')
    .optional()
    .meta({ examples: ['client.pem'] }),
  tls_key_file: file('the key (PEM) of that certificate')
    .optional()
    .meta({ examples: ['client.key'] }),
  tls_server_name: text
    .optional()
    .describe('Name that the certificate must bear. Absent: `host`.')
    .meta({ examples: ['erp.acme.example'] }),
});
export type DatabaseEntry = z.output<typeof databaseSchema>;
