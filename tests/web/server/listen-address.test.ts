import { describe, expect, it } from 'vitest';
import { isLoopback, parseListenAddress } from '../../../src/web/server/listen-address.ts';

describe('parseListenAddress', () => {
  it.each([
    [':9745', { host: undefined, port: 9745 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:9745', { host: '::1', port: 9745 }],
    ['exporter.lan:80', { host: 'exporter.lan', port: 80 }],
  ])('reads %s', (text, expected) => expect(parseListenAddress(text)).toEqual(expected));

  it.each(['9745', 'host', ':99999', '::1:9745', ':port'])('refuses %s in words', (text) => {
    expect(() => parseListenAddress(text)).toThrow(
      `--web.listen-address "${text}": write host:port or :port, such as :9745 or 127.0.0.1:9745`,
    );
  });
});

it.each([
  ['127.0.0.1:1', true],
  ['127.9.9.9:1', true],
  ['[::1]:1', true],
  ['localhost:1', true],
  [':1', false],
  ['0.0.0.0:1', false],
  ['[::]:1', false],
  ['10.0.0.1:1', false],
  ['[fd00::1]:1', false],
  ['exporter.lan:1', false],
  ['localhost.lan:1', false],
])('isLoopback: %s is %s', (text, expected) => expect(isLoopback(parseListenAddress(text))).toBe(expected));
