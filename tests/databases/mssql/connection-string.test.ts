import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driverOf } from '../../../src/databases/drivers.ts';
import { readServer } from '../../../src/databases/mssql/connection-string.ts';
import { parseDatabaseUrl, type UrlParts } from '../../../src/databases/shared/url.ts';

const secret = 'geheim-7';
const parse = (text: string) => parseDatabaseUrl(text, driverOf('mssql'));

function partsOf(text: string): UrlParts {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.parts;
}

describe('a connection string', () => {
  it.each<[string, UrlParts]>([
    [
      'Server=tcp:erp,1433;Database=ACME;User Id=exporter;Password=geheim-7',
      { host: 'erp', port: 1433, database: 'ACME', user: 'exporter', password: secret },
    ],
    [
      'data source = (local) ; INITIAL CATALOG = ACME ; uid=sa; pwd=geheim-7;;',
      { host: 'localhost', database: 'ACME', user: 'sa', password: secret },
    ],
    ['Server=.;UserID=sa', { host: 'localhost', user: 'sa' }],
    ['Server=.\\SQLEXPRESS', { host: 'localhost\\SQLEXPRESS' }],
    ['Addr=erp\\SQLEXPRESS', { host: 'erp\\SQLEXPRESS' }],
    ['Network Address=erp,1444', { host: 'erp', port: 1444 }],
    ['Server=erp\\SAGE,1444', { host: 'erp\\SAGE', port: 1444 }],
    ['Server=tcp:[fe80::1],1433', { host: 'fe80::1', port: 1433 }],
    ['Server=erp;Encrypt=True', { host: 'erp', tls: 'verify-full' }],
    ['Server=erp;Encrypt=mandatory;TrustServerCertificate=yes', { host: 'erp', tls: 'require' }],
    ['Server=erp;Trust Server Certificate=true', { host: 'erp', tls: 'require' }],
    ['Server=erp;Encrypt=optional', { host: 'erp', tls: 'disable' }],
    ['Server=erp;HostNameInCertificate=erp.acme.lan', { host: 'erp', tls_server_name: 'erp.acme.lan' }],
    ['Server=erp;User ID=ACME\\reader;Integrated Security=false', { host: 'erp', user: 'ACME\\reader' }],
    ['Server=erp;ApplicationIntent=ReadOnly', { host: 'erp' }],
    ['Server=erp;Application Intent=readonly;Authentication=Sql Password', { host: 'erp' }],
    [
      'Server=erp;Authentication=Active Directory Service Principal;User ID=app;Password=geheim-7;Tenant Id=acme',
      {
        host: 'erp',
        authentication: 'entra-service-principal',
        user: 'app',
        password: secret,
        tenant: 'acme',
      },
    ],
    ['Server=erp;Authentication=ActiveDirectoryDefault', { host: 'erp', authentication: 'entra-default' }],
    ['Server=erp;Password="a;b=""c"" "', { host: 'erp', password: 'a;b="c" ' }],
    ["Server=erp;Password='it''s;'", { host: 'erp', password: "it's;" }],
    ['Server=erp;Password={a=b}', { host: 'erp', password: '{a=b}' }],
    ['Server=erp;Password=', { host: 'erp' }],
  ])('%s says', (text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  it('gives back any user and password that were put into it', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(word, word, (user, password) => {
        expect(partsOf(`User ID=${quoted(user)};Password=${quoted(password)};Server=erp`)).toEqual({
          host: 'erp',
          user,
          password,
        });
      }),
    );
  });

  it.each([
    ['Integrated Security=SSPI', /the Windows account of the process/],
    ['Trusted_Connection=yes', /the Windows account of the process/],
    ['Encrypt=Strict', /Encrypt=Strict \(TDS 8\)/],
    ['Encrypt=perhaps', /a word for Encrypt that is not known/],
    ['Authentication=Active Directory Managed Identity', /a managed identity .*Active Directory Default/],
    ['Authentication=ActiveDirectoryMSI', /a managed identity/],
    ['Authentication=Active Directory Interactive', /an Authentication that is not offered/],
    ['ApplicationIntent=ReadWrite', /ApplicationIntent that is not ReadOnly/],
    ['AttachDbFilename=c:\\erp.mdf', /attaches a file/],
    ['User Instance=true', /a user instance/],
    ['Failover Partner=erp2', /a Failover Partner/],
    ['Network Library=dbnmpntw', /a network library other than TCP/],
    ['Column Encryption Setting=Enabled', /Always Encrypted/],
    ['ServerCertificate=/etc/erp.cer', /a ServerCertificate/],
    ['Databse=ACME', /the unknown keyword "Databse"/],
    ['toString=1', /the unknown keyword "toString"/],
    ['Pwd=other', /says Pwd twice/],
  ])('that says %s is refused with a sentence', (part, message) => {
    const parsed = parse(`Server=erp;Password=${secret};User ID=sa;${part}`);
    expect(parsed).toEqual({ ok: false, message: expect.stringMatching(message) as unknown });
    expect(JSON.stringify(parsed)).not.toContain('geheim');
  });

  it.each([
    ['Server=np:\\\\.\\pipe\\sql', /its server is a named pipe/],
    ['Server=lpc:erp', /its server asks for shared memory/],
    ['Server=(localdb)\\MSSQLLocalDB', /its server is a LocalDB/],
    ['Server=erp:1433', /its server has its port behind a colon/],
    ['Server=erp,sql', /its server has a port that is no number/],
    ['Server=erp,70000', /its server has a port that is no number/],
    ['Server=a,1433,b', /its server names several ports/],
    ['Server=,1433', /its server is empty before the port/],
    ['Server', /neither a URL nor a connection string/],
    ['erp.lan', /neither a URL nor a connection string/],
    ['Server=erp;Password="geheim', /neither a URL nor a connection string/],
    ['', /neither a URL nor a connection string/],
  ])('%j is refused', (text, message) => {
    expect(parse(text)).toEqual({ ok: false, message: expect.stringMatching(message) as unknown });
  });

  it('shows no piece of a password that holds a semicolon and was not quoted', () => {
    const parsed = parse('Server=erp;User ID=sa;Password=ge;heim-7=x;Database=ACME');
    expect(parsed).toEqual({
      ok: false,
      message: expect.stringMatching(/no keyword that is known as its part 4; put a value/) as unknown,
    });
    expect(JSON.stringify(parsed)).not.toMatch(/heim/);
  });

  it('names the keywords that mean nothing here', () => {
    expect(parse('Server=erp;Pooling=true;Connect Timeout=30;MultipleActiveResultSets=False')).toEqual({
      ok: true,
      parts: { host: 'erp' },
      ignored: ['Pooling', 'Connect Timeout', 'MultipleActiveResultSets'],
    });
  });

  it('stands for no other driver', () => {
    expect(parseDatabaseUrl('Server=db;Database=shop', driverOf('postgres'))).toEqual({
      ok: false,
      message: expect.stringMatching(/^is no URL/) as unknown,
    });
  });
});

describe('a URL', () => {
  it('does not promise an encryption that is not offered', () => {
    expect(parse('sqlserver://sa@erp?encrypt=strict')).toEqual({
      ok: false,
      message: expect.stringContaining('asks for TLS "strict", which is not offered') as unknown,
    });
  });
});

describe('the name of a server', () => {
  it.each([
    ['erp.acme.lan', { host: 'erp.acme.lan' }],
    ['::1', { host: '::1' }],
    [' (LOCAL) ', { host: 'localhost' }],
    ['tcp:.\\SAGE', { host: 'localhost\\SAGE' }],
  ])('%j is', (name, server) => {
    expect(readServer(name)).toEqual(server);
  });
});
