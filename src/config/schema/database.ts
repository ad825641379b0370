import { z } from 'zod';
import { driverNames, drivers } from '../../databases/drivers.ts';
import { fileWith, durationOfAtLeast, text, timezone } from './values.ts';

const authentications: readonly string[] = drivers.flatMap((driver) => driver.authentications ?? []);
const usualScheme = drivers[0]?.schemes[0] ?? '';
const schemes = drivers.flatMap((driver) => driver.schemes.map((scheme) => `\`${scheme}\``)).join(', ');

export const databaseSchema = z.strictObject({
  driver: z
    .enum(driverNames)
    .describe(
      `Type of the database: ${drivers.map(({ name, title }) => `\`${name}\` for ${title}`).join(', ')}.`,
    )
    .meta({ examples: driverNames.slice(0, 1) }),
  url: text
    .optional()
    .describe(
      `Host, port, user, password, database and TLS in one, such as \`${usualScheme}://user:password@host:port/database\`. A setting in the URL must not be set by another key as well. Schemes: ${schemes}. For SQL Server also a connection string of ADO.NET, such as \`Server=tcp:erp,1433;Database=ACME;User ID=exporter;Password=…\`.`,
    )
    .meta({ examples: ['${SHOP_URL}'] }),
  url_file: fileWith('the `url`')
    .optional()
    .meta({ examples: ['/run/secrets/shop-url'] }),
  file: text
    .optional()
    .describe(
      'Path of the file, for a driver that reads a file; relative to the configuration file. It is opened read-only and never created.',
    )
    .meta({ examples: ['/var/lib/shop/shop.db'] }),
  host: text
    .optional()
    .describe(
      'Host name or address; `server\\instance`, `server,1433` or `(local)` for SQL Server; the path of a socket for MySQL, or of its directory for PostgreSQL.',
    )
    .meta({ examples: ['erp.acme.lan'] }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Port. Absent: the default port of the driver.')
    .meta({ examples: [1433] }),
  database: text
    .optional()
    .describe('Name of the database on the server.')
    .meta({ examples: ['ACME'] }),
  user: text
    .optional()
    .describe(
      'Login; it needs read access only. For SQL Server `DOMAIN\\user` logs in by NTLM; with `authentication` it is the id of the application.',
    )
    .meta({ examples: ['exporter'] }),
  password: z
    .string()
    .optional()
    .describe('Password of the login.')
    .meta({ examples: ['${ERP_PASSWORD}'] }),
  password_file: fileWith('the `password`')
    .optional()
    .meta({ examples: ['/run/secrets/erp'] }),
  accept_superuser: text
    .optional()
    .describe(
      'Why this login may be a superuser (PostgreSQL), have FILE or SUPER (MySQL) or be a sysadmin (SQL Server), in words of your own: `check --connect` then warns instead of failing.',
    )
    .meta({ examples: ['a copy of the database, for tests'] }),
  authentication: z
    .enum(authentications)
    .optional()
    .describe(
      'For SQL Server, a login of Entra ID: `entra-service-principal`, by `user` (the id of the application), `password` (its client secret) and `tenant`; `entra-default`, by what the environment has: variables, a workload or managed identity (`user` may say which), the Azure CLI. Absent: user and password.',
    )
    .meta({ examples: authentications.slice(0, 1) }),
  tenant: text
    .optional()
    .describe('Id of the Entra ID tenant, for `entra-service-principal`.')
    .meta({ examples: ['acme.onmicrosoft.com'] }),
  timezone: timezone
    .default('UTC')
    .describe('Time zone of timestamps that are stored without a zone.')
    .meta({ examples: ['Europe/Brussels'] }),
  connections: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Maximum number of sessions, and so of concurrent statements.')
    .meta({ examples: [4] }),
  connect_timeout: durationOfAtLeast(100)
    .prefault('5s')
    .describe('Maximum time to connect.')
    .meta({ examples: ['10s'] }),
  lock_timeout: durationOfAtLeast(1)
    .prefault('2s')
    .describe('Maximum time that a statement waits for a lock.')
    .meta({ examples: ['500ms'] }),
  tls: z
    .enum(['disable', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe(
      '`disable`: no TLS; `require`: encrypted, without checking the certificate; `verify-ca`: the certificate must be signed by a trusted authority; `verify-full`: and must also match the host name. Absent: `disable` for localhost and sockets, else `require`.',
    )
    .meta({ examples: ['verify-full'] }),
  tls_ca_file: fileWith('the trusted CA certificates (PEM). Absent: those of the public authorities')
    .optional()
    .meta({ examples: ['ca.pem'] }),
  tls_cert_file: fileWith('the client certificate (PEM)')
    .optional()
    .meta({ examples: ['client.pem'] }),
  tls_key_file: fileWith('the private key (PEM) of the client certificate')
    .optional()
    .meta({ examples: ['client.key'] }),
  tls_server_name: text
    .optional()
    .describe('Host name that the certificate must contain. Absent: `host`.')
    .meta({ examples: ['erp.acme.example'] }),
});
export type DatabaseEntry = z.output<typeof databaseSchema>;
