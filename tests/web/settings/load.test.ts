import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/config/source/problem.ts';
import { loadSettings } from '../../../src/web/settings/load.ts';
import { makeCertificate } from '../../helpers/certificate.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'web-config-'));
  makeCertificate(folder, 'server', 'localhost');
  makeCertificate(folder, 'client', 'client.lan');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(yaml: string) {
  const file = join(folder, 'web.yml');
  await writeFile(file, yaml);
  return loadSettings(file, Date.now());
}

/** What is wrong, without the name of the file. */
async function problemsOf(yaml: string): Promise<string[]> {
  const loaded = await load(yaml);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem({ ...problem, file: 'web.yml' }));
}

const hash = '$2y$10$2UXri9cIDdgeKjBo4Rlpx.U3ZLDV8X1IxKmsfOvhcM5oXQt/mLmXq';
const pair = '  cert_file: server.crt\n  key_file: server.key\n';
const tls = (more = '') => `tls_server_config:\n${pair}${more}`;
const allSuites = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
];

describe('a good web configuration file', () => {
  it.each([
    ['an empty one', ''],
    ['sections without a value', 'tls_server_config:\nbasic_auth_users:\nhttp_server_config:\n'],
    ['certificate and key', tls()],
    ...[
      'NoClientCert',
      'RequestClientCert',
      'RequireAnyClientCert',
      'RequireClientCert',
      'VerifyClientCertIfGiven',
      'RequireAndVerifyClientCert',
    ].map((type) => [type, tls(`  client_auth_type: ${type}\n`)]),
    [
      'an authority and names',
      tls(
        '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.crt\n  client_allowed_sans: [a, 10.0.0.1]\n',
      ),
    ],
    ['ciphers', tls(`  cipher_suites: [${allSuites.join(', ')}]\n`)],
    ['curves', tls('  curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]\n')],
    ['one version', tls('  min_version: TLS13\n  curve_preferences: [CurveP521]\n')],
    ['old versions', tls('  min_version: TLS10\n  max_version: TLS11\n')],
    [
      'a cipher that HTTP/2 does not allow, without HTTP/2',
      `${tls('  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n  max_version: TLS12\n')}http_server_config: { http2: false }\n`,
    ],
    ['Go’s other words for true and false', 'http_server_config: { http2: off }\n'],
    ['users', `basic_auth_users: { dave: ${hash} }\n`],
    ['no limit', 'rate_limit: { interval: 0, burst: 0 }\n'],
    ['a limit', 'rate_limit: { interval: "1m30s", burst: 3 }\n'],
    [
      'headers',
      'http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-XSS-Protection: 1\n    Content-Security-Policy: ""\n',
    ],
  ])('is taken: %s', async (_, yaml) => expect(await problemsOf(yaml)).toEqual([]));

  it('says what it means', async () => {
    const loaded = await load(
      `${tls()}basic_auth_users: { dave: ${hash} }\nrate_limit: { interval: 1m30s, burst: 3 }\nhttp_server_config: { headers: { X-XSS-Protection: 1, Content-Security-Policy: "" } }\n`,
    );
    if (!loaded.ok) throw new Error('it is good');
    expect(loaded.settings).toMatchObject({
      headers: { 'X-XSS-Protection': '1' },
      users: new Map([['dave', hash]]),
      rateLimit: { interval: 90_000, burst: 3 },
      transport: { http2: true },
    });
    expect(loaded.settings.headers).not.toHaveProperty('Content-Security-Policy');
    expect([...loaded.texts.keys()].map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      'server.crt',
      'server.key',
      'web.yml',
    ]);
  });

  it.each([
    ['basic_auth_users', `basic_auth_users: { dave: ${hash} }\n`, 'readably'],
    ['client_auth_type', tls('  client_auth_type: RequireAndVerifyClientCert\n'), 'any public authority'],
    ['client_allowed_sans', tls('  client_allowed_sans: [a]\n'), 'has no effect'],
  ])('is warned of at %s', async (key, yaml, text) => {
    const loaded = await load(yaml);
    if (!loaded.ok) throw new Error('it is good');
    expect(loaded.warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringMatching(new RegExp(`${key} .*${text}`)) as string,
    ]);
  });
});

describe('a bad web configuration file', () => {
  it.each<[string, string, string[]]>([
    ['junk', 'hWkNKCp3fvIx3jKnsaBI\nTuEjdwNS8A2v\n', ['web.yml:1:1: must be a mapping of keys, not text']],
    [
      'a misspelt key',
      'tls_server_config:\n  cert_filse: server.crt\n',
      ['web.yml:2:3: tls_server_config.cert_filse: unknown key; did you mean "cert_file"?'],
    ],
    [
      'an empty cert_file',
      'tls_server_config:\n  cert_file: ""\n  key_file: server.key\n',
      ['tls_server_config.cert: is missing; set cert or cert_file'],
    ],
    [
      'an empty key',
      'tls_server_config:\n  cert_file: server.crt\n  key: ""\n',
      ['tls_server_config.key: is missing; set key or key_file'],
    ],
    [
      'an authority alone',
      'tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.crt\n',
      ['cert: is missing', 'key: is missing'],
    ],
    [
      'a cert_file that is not there',
      'tls_server_config:\n  cert_file: somefile\n  key_file: server.key\n',
      ['web.yml:2:14: tls_server_config.cert_file: somefile cannot be read: the file does not exist'],
    ],
    [
      'a certificate as key',
      'tls_server_config:\n  cert_file: server.crt\n  key_file: server.crt\n',
      ['key_file: holds no private key in PEM form'],
    ],
    [
      'the key of another certificate',
      'tls_server_config:\n  cert_file: server.crt\n  key_file: client.key\n',
      ['key_file: is not the private key of the certificate'],
    ],
    [
      'an authority without a policy',
      tls('  client_ca_file: client.crt\n'),
      ['client_ca_file: has no effect without client_auth_type'],
    ],
    [
      'an authority that is not there',
      tls('  client_auth_type: RequireAnyClientCert\n  client_ca_file: somefile\n'),
      ['client_ca_file: somefile cannot be read: the file does not exist'],
    ],
    [
      'an authority that is none',
      tls('  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key\n'),
      ['client_ca_file: holds no certificate'],
    ],
    ['an invented policy', tls('  client_auth_type: x\n'), ['client_auth_type: must be one of']],
    [
      'an invented cipher',
      tls('  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048]\n'),
      ['cipher_suites[0]: must be one of'],
    ],
    ['an invented curve', tls('  curve_preferences: [CurveP257]\n'), ['did you mean "CurveP256"?']],
    [
      'an invented version',
      tls('  min_version: TLS111\n'),
      ['min_version: must be one of TLS10, TLS11, TLS12, TLS13'],
    ],
    [
      'versions upside down',
      tls('  min_version: TLS13\n  max_version: TLS12\n'),
      ['must not be later than max_version'],
    ],
    [
      'ciphers that HTTP/2 does not allow',
      tls('  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n  max_version: TLS12\n'),
      ['cipher_suites: lacks what HTTP/2 requires'],
    ],
    [
      'a password that is no hash',
      'basic_auth_users: { john: doe }\n',
      ['basic_auth_users.john: is no bcrypt hash'],
    ],
    [
      'a header that nobody may set',
      'http_server_config: { headers: { Content-Type: foo } }\n',
      ['http_server_config.headers.Content-Type: unknown key'],
    ],
    [
      'another value',
      'http_server_config: { headers: { X-Content-Type-Options: sniff } }\n',
      ['must be nosniff'],
    ],
    [
      'a frame',
      'http_server_config: { headers: { X-Frame-Options: foo } }\n',
      ['must be one of deny, sameorigin'],
    ],
    [
      'a header of two lines',
      'http_server_config: { headers: { X-XSS-Protection: "1\\r\\nSet-Cookie: a" } }\n',
      ['must be one line of plain text'],
    ],
    ['no duration', 'rate_limit: { interval: soon }\n', ['rate_limit.interval: is no duration']],
  ])('is refused: %s', async (_, yaml, expected) => {
    const problems = await problemsOf(yaml);
    expect(problems).toHaveLength(expected.length);
    for (const text of expected) expect(problems.join('\n')).toContain(text);
  });

  it('never shows a password', async () => {
    const problems = await problemsOf('basic_auth_users: { john: "$ecret-Pa55" }\n');
    expect(problems.join('\n')).not.toContain('ecret');
  });

  it('is refused when it is not there', async () => {
    const loaded = await loadSettings(join(folder, 'missing.yml'), Date.now());
    expect(loaded).toMatchObject({
      ok: false,
      problems: [{ message: 'cannot be read: the file does not exist' }],
    });
  });
});
