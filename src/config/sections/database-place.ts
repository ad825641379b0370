import { driverOf } from '../../databases/drivers.ts';
import type { UrlParts } from '../../databases/shared/url.ts';
import type { DatabaseEntry } from '../schema/database.ts';
import { resolveBeside } from '../source/files.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';

interface Context {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly path: Path;
}

/** Where the data are: exactly one of the two, as the driver has it. */
export interface Place {
  readonly host: string;
  readonly file?: string;
}

/** Keys that mean something only where there is a server. */
const serverKeys = [
  'host',
  'port',
  'database',
  'user',
  'password',
  'password_file',
  'authentication',
  'tenant',
  'tls',
  'tls_ca_file',
  'tls_cert_file',
  'tls_key_file',
  'tls_server_name',
] as const;

function filePlace(entry: DatabaseEntry, parts: UrlParts, { report, file, path }: Context): Place {
  for (const key of serverKeys)
    if (entry[key] !== undefined)
      report.problem(
        [...path, key],
        `has no meaning for driver ${entry.driver}, which reads a file; remove it`,
        'key',
      );
  const named = entry.file ?? parts.file;
  const hasUrl = entry.url !== undefined || entry.url_file !== undefined;
  if (named === undefined && !hasUrl)
    report.problem(path, `driver ${entry.driver} reads a file; add file: /var/lib/shop/shop.db`);
  return { host: '', ...(named === undefined ? {} : { file: resolveBeside(file, named) }) };
}

function serverPlace(entry: DatabaseEntry, parts: UrlParts, { report, path }: Context): Place {
  if (entry.file !== undefined)
    report.problem(
      [...path, 'file'],
      `has no meaning for driver ${entry.driver}, which connects to a server; use host, or url`,
      'key',
    );
  const host = entry.host ?? parts.host ?? '';
  if (host.includes('://')) {
    // Not shown: it may hold a password.
    report.problem([...path, 'host'], 'is a URL; use url: for it, or write the name of the host alone');
    return { host: '' };
  }
  if (host !== '') return { host };
  if (entry.url_file === undefined && entry.url === undefined)
    report.problem(path, 'says no host; add host, or url');
  else if (Object.keys(parts).length > 0)
    report.problem(path, 'its url says no host; write the folder of a socket as ?host=/run/postgresql');
  return { host };
}

/** Reads where the data of a database are, and reports what does not fit its driver. */
export function readPlace(entry: DatabaseEntry, parts: UrlParts, context: Context): Place {
  return driverOf(entry.driver).place === 'file'
    ? filePlace(entry, parts, context)
    : serverPlace(entry, parts, context);
}
