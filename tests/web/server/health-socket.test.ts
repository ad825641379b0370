import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { health } from '../../../src/commands/health.ts';
import { abstractSocketPath, listenForHealth } from '../../../src/web/server/health-socket.ts';

const newPath = () => abstractSocketPath(`@erp-exporter-${randomUUID()}`);

async function ask(socketPath: string, ready: boolean): Promise<readonly [number, readonly string[]]> {
  const lines: string[] = [];
  const code = await health({ socketPath, ready, write: (line) => lines.push(line) });
  return [code, lines];
}

it('tells the health check what the process says of itself', async () => {
  const path = newPath();
  let answer = { ready: false, text: 'erp-exporter is not ready: 1 monitor has not completed a run yet.' };
  const close = await listenForHealth(path, () => answer);
  expect(await ask(path, false)).toEqual([0, ['erp-exporter is healthy.']]);
  expect(await ask(path, true)).toEqual([1, [answer.text]]);
  answer = { ready: true, text: 'erp-exporter is ready.' };
  expect(await ask(path, true)).toEqual([0, [answer.text]]);
  close();
  const [code, lines] = await ask(path, false);
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^erp-exporter does not answer: .*ECONNREFUSED/)]);
});

it('refuses a second process on the same socket', async () => {
  const path = newPath();
  const close = await listenForHealth(path, () => ({ ready: true, text: '' }));
  await expect(listenForHealth(path, () => ({ ready: true, text: '' }))).rejects.toThrow(/EADDRINUSE/);
  close();
});

it('has room for few connections at once, and cuts the others', async () => {
  const path = newPath();
  const close = await listenForHealth(path, () => ({ ready: true, text: '' }));
  const held = Array.from({ length: 8 }, () => connect(path));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  const ninth = connect(path).on('error', () => undefined);
  await once(ninth, 'close');
  for (const socket of held) socket.destroy();
  close();
});

it.each(['erp-exporter', '@', '@a/b', '/run/erp.sock', `@${'x'.repeat(101)}`])(
  'refuses the name %s',
  (name) => {
    expect(() => abstractSocketPath(name)).toThrow(/write @ and a name/);
  },
);
