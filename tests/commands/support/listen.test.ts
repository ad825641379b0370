import { describe, expect, it } from 'vitest';
import { close, listen, parseListenAddress } from '../../../src/commands/support/listen.ts';

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

describe('listen', () => {
  it('answers at each address until it is closed', async () => {
    const { servers, urls } = await listen(
      (_, response) => response.end('here'),
      [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0 },
      ],
    );
    for (const url of urls) expect(await (await fetch(url)).text()).toBe('here');
    await close(servers, 100);
    await expect(fetch(urls[0] ?? '')).rejects.toThrow('fetch failed');
  });

  it('leaves none open when one of the ports is taken', async () => {
    const taken = await listen(() => {}, [{ host: '127.0.0.1', port: 0 }]);
    const free = await listen(() => {}, [{ host: '127.0.0.1', port: 0 }]);
    const [takenPort = 0, freePort = 0] = [taken, free].map(({ urls }) =>
      Number(new URL(urls[0] ?? '').port),
    );
    await close(free.servers, 0);
    const both = [freePort, takenPort].map((port) => ({ host: '127.0.0.1', port }));
    await expect(listen(() => {}, both)).rejects.toThrow('EADDRINUSE');
    const again = await listen(() => {}, [{ host: '127.0.0.1', port: freePort }]);
    await close([...again.servers, ...taken.servers], 0);
  });

  it('cuts a request that does not end', async () => {
    const { servers, urls } = await listen(() => {}, [{ host: '127.0.0.1', port: 0 }]);
    const hanging = fetch(urls[0] ?? '').catch((error: unknown) => String(error));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close(servers, 100);
    expect(await hanging).toContain('fetch failed');
  });
});
