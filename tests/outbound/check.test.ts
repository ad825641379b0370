import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIsPrivate } from '../../src/outbound/addresses.ts';
import { checkRequest } from '../../src/outbound/check.ts';
import { OutboundError, type OutboundPolicy } from '../../src/outbound/contract.ts';
import { casesOf } from '../helpers/nightly.ts';

const isPrivate = createIsPrivate();
const policy = (...hosts: readonly string[]): OutboundPolicy => ({
  hosts: new Set(hosts),
  allowsPrivate: false,
  timeoutMs: 5_000,
  mostBytes: 1_000,
});

function isLetOut(url: string, hosts: readonly string[], headers: Record<string, string> = {}): boolean {
  try {
    checkRequest({ method: 'GET', url: new URL(url), headers }, policy(...hosts), isPrivate);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(OutboundError);
    expect(error).toMatchObject({ fault: 'forbidden' });
    return false;
  }
}

describe('hosts', () => {
  it.each([
    ['https://good.example/x', true],
    ['https://GOOD.example/x', true],
    ['https://good.example:443/', true],
    ['http://good.example/', true],
    ['http://good.example:8080/', false],
    ['https://good.example./', false],
    ['https://good.example@evil.example/', false],
    ['https://good.example:x@evil.example/', false],
    ['https://user:password@good.example/', false],
    ['https://evil.example/good.example', false],
    ['https://evil.example#good.example', false],
    ['https://evil.example?good.example', false],
    ['https://good.example.evil.example/', false],
    ['https://evilgood.example/', false],
    ['https://evil.example\\@good.example/', false],
    ['https:evil.example', false],
    ['ftp://good.example/', false],
    ['file:///etc/passwd', false],
    ['data:text/plain,x', false],
    ['javascript:alert(1)', false],
    ['wss://good.example/', false],
  ])('%s: %s', (url, expected) => {
    expect(isLetOut(url, ['good.example'])).toBe(expected);
  });

  it('may be named with a port', () => {
    expect(isLetOut('https://good.example:8443/', ['good.example:8443'])).toBe(true);
    expect(isLetOut('https://good.example/', ['good.example:8443'])).toBe(false);
    expect(isLetOut('https://good.example/', ['good.example:443'])).toBe(true);
    expect(isLetOut('http://good.example/', ['good.example:443'])).toBe(false);
  });

  it('are let out only when the parser of URLs finds a listed one', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'good.example',
        'evil.example',
        '@',
        ':',
        '/',
        '\\',
        '#',
        '?',
        '%2f',
        '%00',
        '.',
        '。',
        '443',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = `https://${pieces.join('')}`;
        fc.pre(URL.canParse(text));
        if (!isLetOut(text, ['good.example'])) return;
        const { protocol, host, username, password } = new URL(text);
        expect({ protocol, host, username, password }).toEqual({
          protocol: 'https:',
          host: 'good.example',
          username: '',
          password: '',
        });
      }),
      { numRuns: casesOf(2_000) },
    );
  });
});

describe('addresses', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://10.1.2.3/',
    'http://172.31.255.255/',
    'http://192.168.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.100.100.200/',
    'http://255.255.255.255/',
    'http://224.0.0.1/',
  ])('%s is private, however it is written', (text) => {
    const url = new URL(text);
    expect(isLetOut(text, [url.host])).toBe(false);
  });

  it.each(['http://8.8.8.8/', 'http://172.32.0.1/', 'http://100.128.0.1/', 'http://[2606:4700:4700::1111]/'])(
    '%s is public',
    (text) => {
      expect(isLetOut(text, [new URL(text).host])).toBe(true);
    },
  );

  it('knows every address of a private range, as IPv4 and mapped into IPv6', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    fc.assert(
      fc.property(inside, (bytes) => {
        const text = bytes.join('.');
        expect([text, `::ffff:${text}`, `::FFFF:${text}`, `64:ff9b::${text}`].map(isPrivate)).toEqual([
          true,
          true,
          true,
          true,
        ]);
      }),
    );
  });

  it('takes what is no address, and link-local ones with a zone, for private', () => {
    expect(['', 'localhost', 'fe80::1%eth0', '1.2.3'].map(isPrivate)).toEqual([true, true, true, true]);
  });
});

describe('headers', () => {
  it('may not break the line, nor hold other control characters', () => {
    const bad = fc
      .tuple(fc.string(), fc.constantFrom('\r', '\n', '\r\n', '\0', '\u007f', '\u2028'), fc.string())
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(bad, (value) => {
        expect(isLetOut('https://good.example', ['good.example'], { 'X-Key': value })).toBe(false);
        expect(isLetOut('https://good.example', ['good.example'], { [value]: 'x' })).toBe(false);
      }),
    );
  });

  it('may not say where or how a message goes', () => {
    for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'CONNECTION', 'Upgrade'])
      expect(isLetOut('https://good.example', ['good.example'], { [name]: 'x' })).toBe(false);
  });

  it('does not show a value that it refuses', () => {
    const headers = { Authorization: 'Bearer hush\n' };
    expect(() =>
      checkRequest(
        { method: 'GET', url: new URL('https://good.example'), headers },
        policy('good.example'),
        isPrivate,
      ),
    ).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hush') as string }) as Error);
  });
});
