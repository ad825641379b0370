import type { Inspection } from '../contract.ts';
import type { Session } from './session.ts';

const mostPhrases = 5;

/** Privileges of MySQL 8.4 and MariaDB 11 with which a login can change data, its structure, files or the server. */
const writing: ReadonlySet<string> = new Set([
  'ALL',
  'ALL PRIVILEGES',
  'ALTER',
  'ALTER ROUTINE',
  'CREATE',
  'CREATE ROLE',
  'CREATE ROUTINE',
  'CREATE TABLESPACE',
  'CREATE USER',
  'CREATE VIEW',
  'DELETE',
  'DELETE HISTORY',
  'DROP',
  'DROP ROLE',
  'EVENT',
  'FEDERATED ADMIN',
  'FILE',
  'INDEX',
  'INSERT',
  'READ_ONLY ADMIN',
  'RELOAD',
  'SHUTDOWN',
  'SUPER',
  'SYSTEM_VARIABLES_ADMIN',
  'TRIGGER',
  'UPDATE',
]);

/** The text in one cell of rows that are lists. */
function cell(rows: readonly unknown[], row: number, column: number): string {
  const cells = rows[row];
  const value: unknown = Array.isArray(cells) ? cells[column] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `10.11.19-MariaDB-0+deb12u1` is `MariaDB 10.11.19`, `8.4.3-log` is `MySQL 8.4.3`. */
function versionName(version: string): string {
  return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}

const grantGrammar =
  /^GRANT (.+?) ON (?:TABLE |FUNCTION |PROCEDURE )?((?:`[^`]*`|\*)\.(?:`[^`]*`|\*)) TO .*?( WITH .*GRANT OPTION.*)?$/;

/** What one line of SHOW GRANTS allows its login to write, as phrases such as `INSERT on shop.orders`. */
export function writesOf(grant: string): string[] {
  const [, list, object, grants] = grantGrammar.exec(grant) ?? [];
  if (list === undefined || object === undefined) return [];
  const place = object.replaceAll('`', '');
  const privileges = list.replaceAll(/\s*\([^)]*\)/g, '').split(/,\s*/);
  const phrases = privileges
    .filter((privilege) => writing.has(privilege))
    .map((privilege) => `${privilege} on ${place}`);
  return grants === undefined ? phrases : [...phrases, `GRANT OPTION on ${place}`];
}

/** Of the phrases of `writesOf`, those that mean that no session can keep the login from anything. */
const powerful = /^(?:ALL|ALL PRIVILEGES|FILE|SUPER) on \*\.\*$/;
/** Privileges with which a login can end the sessions of others. */
const reaching = /^GRANT (?:.*, ?)?(CONNECTION[ _]ADMIN)\b.* ON \*\.\* TO /;

export async function inspect(session: Session): Promise<Inspection> {
  const identity = await session.command('SELECT VERSION(), CURRENT_USER()');
  const grants = await session.command('SHOW GRANTS');
  const lines = grants.map((_, row) => cell(grants, row, 0));
  const writable = [...new Set(lines.flatMap(writesOf))];
  return {
    version: versionName(cell(identity, 0, 0)),
    user: cell(identity, 0, 1),
    writable: writable.slice(0, mostPhrases),
    powerful: writable.filter((phrase) => powerful.test(phrase)),
    reaching: lines.flatMap((line) => reaching.exec(line)?.slice(1) ?? []),
  };
}

/** The server's clock minus ours in seconds, the round trip halved. The question is the same in every session zone. */
export async function clockSkew(session: Session): Promise<number> {
  const before = Date.now();
  const rows = await session.command("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))");
  const ours = (before + Date.now()) / 2;
  return (Number(cell(rows, 0, 0)) / 1000 - ours) / 1000;
}
