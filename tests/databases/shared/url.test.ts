import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driverOf, drivers } from '../../../src/databases/drivers.ts';
import { parseDatabaseUrl } from '../../../src/databases/shared/url.ts';
import { casesOf } from '../../helpers/nightly.ts';

function partsOf(url: string, driver: string) {
  const parsed = parseDatabaseUrl(url, driverOf(driver));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.parts;
}

describe('parseDatabaseUrl', () => {
  it('gives back whatever was encoded into it', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(word, word, word, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        // A path of dots is one that climbs, to every parser of URLs.
        fc.pre(!/^(?:\.|%2e){1,2}$/i.test(d ?? ''));
        expect(partsOf(`postgres://${u ?? ''}:${p ?? ''}@db.lan:${port}/${d ?? ''}`, 'postgres')).toEqual({
          host: 'db.lan',
          port,
          database,
          user,
          password,
        });
      }),
    );
  });

  it.each([
    ['postgres', 'postgresql://h', { host: 'h' }],
    [
      'mysql',
      'mariadb://u@h:3307/d?ssl-mode=VERIFY_IDENTITY',
      { host: 'h', port: 3307, user: 'u', database: 'd', tls: 'verify-full' },
    ],
    ['mysql', 'mysql://h/d?ssl-mode=REQUIRED', { host: 'h', database: 'd', tls: 'require' }],
    [
      'postgres',
      'postgres://u@/d?host=/run/postgresql',
      { host: '/run/postgresql', user: 'u', database: 'd' },
    ],
    ['postgres', 'postgres://%2Frun%2Fpostgresql/d', { host: '/run/postgresql', database: 'd' }],
    ['postgres', 'postgres://[::1]:5432', { host: '::1', port: 5432 }],
    [
      'postgres',
      'postgres://h?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=c.pem&sslkey=k.pem',
      { host: 'h', tls: 'verify-ca', tls_ca_file: 'ca.pem', tls_cert_file: 'c.pem', tls_key_file: 'k.pem' },
    ],
    ['postgres', 'postgres://h?user=a@b&password=c', { host: 'h', user: 'a@b', password: 'c' }],
    ['mssql', 'mssql://h/d?encrypt=true', { host: 'h', database: 'd', tls: 'verify-full' }],
    ['mssql', 'mssql://h?Encrypt=True&TrustServerCertificate=True', { host: 'h', tls: 'require' }],
    ['mssql', 'mssql://h?encrypt=false', { host: 'h', tls: 'disable' }],
    ['mssql', 'sqlserver://h?instanceName=SQLEXPRESS', { host: 'h\\SQLEXPRESS' }],
    [
      'mssql',
      'sqlserver://sa:p@h:1433?database=ERP',
      { host: 'h', port: 1433, user: 'sa', password: 'p', database: 'ERP' },
    ],
    ['mssql', 'sqlserver://h/ERP?Database=ERP', { host: 'h', database: 'ERP' }],
    ['postgres', 'postgres://h?dbname=shop', { host: 'h', database: 'shop' }],
    ['mssql', 'mssql://h%5CSQLEXPRESS/d', { host: 'h\\SQLEXPRESS', database: 'd' }],
  ])('reads for %s %s', (driver, url, parts) => {
    expect(partsOf(url, driver)).toEqual(parts);
  });

  it.each([
    ['postgres', 'postgres://u:geheim-7@h1,h2/d', 'names several hosts'],
    ['postgres', 'postgres://h1:5432,h2:5433/d', 'names several hosts'],
    ['mysql', 'mysql://u@h1,h2', 'names several hosts'],
    ['mssql', 'mssql://h/shop?database=erp', 'two different databases'],
    ['postgres', 'postgres://a@h?user=b', 'two different users'],
    ['postgres', 'postgres://a:geheim-7@h?password=geheim-8', 'two different passwords'],
  ])('refuses for %s %s', (driver, url, message) => {
    const parsed = parseDatabaseUrl(url, driverOf(driver));
    expect(parsed).toEqual({ ok: false, message: expect.stringContaining(message) as unknown });
    expect(JSON.stringify(parsed)).not.toContain('geheim');
  });

  it('reads a password that was not encoded whole, or shows no piece of it and says how to encode it', () => {
    const mark = fc.constantFrom('@', '/', ':', '#', '?', '%', '&', '=', ',', '+', '1', '?sslmode=', '/d?x=');
    fc.assert(
      fc.property(
        fc.constantFrom(...drivers.filter(({ place }) => place === 'server')),
        fc.array(fc.tuple(mark, fc.constantFrom('', 'geheim', '12', 'sleutel')), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom('', '7', 'parole'),
        (driver, pairs, first) => {
          const password = first + pairs.flat().join('');
          // What looks like a code of two digits can only be read as one.
          fc.pre(!/%[0-9a-f]{2}/i.test(password));
          const parsed = parseDatabaseUrl(`${driver.schemes[0] ?? ''}://u:${password}@h.lan:99/d`, driver);
          if (parsed.ok)
            expect(parsed).toMatchObject({ parts: { host: 'h.lan', port: 99, password }, ignored: [] });
          else {
            expect(parsed.message).toMatch(/write (?:%\d\d|%[23][F5])/);
            expect(parsed.message).not.toMatch(/geheim|sleutel|parole/);
          }
        },
      ),
      { numRuns: casesOf(2000) },
    );
  });

  it('shows no piece of the password of a URL without a scheme', () => {
    const parsed = parseDatabaseUrl('sa:geheim=7@erp.lan', driverOf('mssql'));
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain('geheim');
  });

  it('names the parameters that it ignores', () => {
    expect(parseDatabaseUrl('postgres://h?pgbouncer=true&sslmode=disable', driverOf('postgres'))).toEqual({
      ok: true,
      parts: { host: 'h', tls: 'disable' },
      ignored: ['pgbouncer'],
    });
  });
});
