import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DatabaseError, DatabaseSettings, TlsSettings } from '../../../src/databases/contract.ts';
import { freePort, startProxy, startSilentServer } from '../../helpers/tcp.ts';
import { startForgetfulProxy } from './forgetful-proxy.ts';
import { failureOf, rowsOf, timeOf, type Scene } from './scene.ts';

/** How sessions come and go. */
export function connecting(scene: Scene): void {
  const { sql, capabilities } = scene.facts;
  const refused = (overrides: Partial<DatabaseSettings>): Promise<DatabaseError> =>
    scene.with(overrides, (database) => failureOf(rowsOf(database, sql.series(1))));

  describe('connecting', () => {
    if (capabilities.network) network(scene);

    if (capabilities.logins)
      it('tells a wrong password from an unknown database', async () => {
        const login = await refused({ password: 'geheim-7' });
        expect(login.kind).toBe('login');
        expect(login.message).not.toContain('geheim-7');
        expect((await refused({ database: 'no_such_database' })).kind).toBe('unreachable');
      });

    if (capabilities.logins && capabilities.network)
      it('tries a wrong password once, however many wait for a session', async () => {
        const proxy = await startProxy(scene.subject.settings.port ?? 0);
        try {
          await scene.with({ port: proxy.port, password: 'geheim-7', connections: 4 }, async (database) => {
            const all = Array.from({ length: 12 }, () => failureOf(rowsOf(database, sql.series(1))));
            // Those without a place of their own come later, and are not among those that wait for the first login.
            const kinds = (await Promise.all(all)).map(({ kind }) => kind);
            expect(new Set(kinds)).toEqual(new Set(['login']));
            expect(proxy.connections).toBeLessThanOrEqual(3);
          });
        } finally {
          await proxy.close();
        }
      });

    it('runs 20 statements at once over no more sessions than it may have', async () => {
      const { sessions } = scene.subject;
      if (sessions !== undefined) await expect.poll(sessions, { timeout: 5000 }).toBe(0);
      await scene.with({ connections: 2 }, async (database) => {
        let done = false;
        let most = 0;
        const watch = async (): Promise<void> => {
          while (!done) {
            most = Math.max(most, (await sessions?.()) ?? 0);
            await delay(10);
          }
        };
        const watching = watch();
        const all = await Promise.all(Array.from({ length: 20 }, () => rowsOf(database, sql.sleep(0.1))));
        done = true;
        await watching;
        expect(all.every((rows) => rows.length === 1)).toBe(true);
        if (capabilities.sessions) expect(most).toBe(2);
      });
    });

    if (capabilities.tls) tls(scene);
    if (capabilities.restart) restart(scene);
    closing(scene);
  });
}

/** What can go wrong on the way to a server. */
function network(scene: Scene): void {
  const { sql } = scene.facts;
  const signal = new AbortController().signal;
  const refused = (overrides: Partial<DatabaseSettings>): Promise<DatabaseError> =>
    scene.with(overrides, (database) => failureOf(rowsOf(database, sql.series(1))));

  it('tells quickly that nothing listens', async () => {
    const port = await freePort();
    const took = await timeOf(async () => {
      const error = await refused({ port, password: 'geheim-7' });
      expect(error.kind).toBe('unreachable');
      expect(error.message).not.toContain('geheim-7');
      expect((await scene.with({ port }, (database) => failureOf(database.ping(signal)))).kind).toBe(
        'unreachable',
      );
    });
    expect(took).toBeLessThan(2000);
  });

  it('gives up on a host that answers nothing', async () => {
    const silent = await startSilentServer();
    try {
      const took = await timeOf(async () => {
        expect((await refused({ port: silent.port, connectTimeoutMs: 500 })).kind).toBe('unreachable');
      });
      expect(took).toBeGreaterThan(400);
      expect(took).toBeLessThan(2500);
      const waiting = { port: silent.port, connectTimeoutMs: 30_000 };
      const options = { signal: AbortSignal.timeout(200) };
      const aborted = await scene.with(waiting, (database) =>
        failureOf(rowsOf(database, sql.series(1), {}, options)),
      );
      expect(aborted.kind).toBe('aborted');
    } finally {
      await silent.close();
    }
  });

  it('tells that the host is unknown', async () => {
    expect((await refused({ host: 'no-such-host.invalid' })).kind).toBe('unreachable');
  });

  it('tries once more when an idle connection turns out to be dead', async () => {
    const proxy = await startForgetfulProxy(scene.subject.settings.port ?? 0);
    try {
      await scene.with({ port: proxy.port, connections: 1 }, async (database) => {
        for (const work of [
          () => rowsOf(database, sql.series(1)),
          () => database.ping(signal),
          () => database.describe(sql.series(1), {}, signal),
        ]) {
          await rowsOf(database, sql.series(1));
          proxy.trap();
          await work();
        }
      });
    } finally {
      await proxy.close();
    }
  });
}

function tls(scene: Scene): void {
  const encrypted = async (settings: TlsSettings): Promise<boolean> =>
    scene.with({ tls: settings }, async (database) => {
      const [row] = await rowsOf(database, scene.facts.sql.encrypted ?? '');
      return Number(row?.['encrypted']) === 1;
    });
  const given = (): { ca: string; otherCa: string; serverName: string } => {
    const { tls } = scene.subject;
    if (tls === undefined) throw new Error('the subject brings no tls');
    return tls;
  };

  it('encrypts when told to, and only then', async () => {
    expect(await encrypted({ mode: 'disable' })).toBe(false);
    expect(await encrypted({ mode: 'require' })).toBe(true);
  });

  it('checks who signed the certificate and whom it names', async () => {
    const { ca, otherCa, serverName } = given();
    expect(await encrypted({ mode: 'verify-ca', ca, serverName: 'another.example' })).toBe(true);
    expect(await encrypted({ mode: 'verify-full', ca, serverName })).toBe(true);
    for (const settings of [
      { mode: 'verify-ca', ca: otherCa },
      { mode: 'verify-full', ca: otherCa, serverName },
      { mode: 'verify-full', ca, serverName: 'another.example' },
    ] as const)
      expect((await failureOf(encrypted(settings))).kind).toBe('unreachable');
  });

  it('ends a statement on the server over an encrypted connection', async () => {
    const marker = scene.marker();
    await scene.with({ tls: { mode: 'require' } }, async (database) => {
      const statement = `${scene.facts.sql.sleep(scene.long)} /* ${marker} */`;
      const controller = new AbortController();
      const failure = failureOf(rowsOf(database, statement, {}, { signal: controller.signal }));
      await scene.untilRunning(marker);
      controller.abort();
      expect((await failure).kind).toBe('aborted');
      await scene.expectGone(marker);
    });
  });
}

function restart(scene: Scene): void {
  const { sql } = scene.facts;

  it('recovers when the server has been restarted', { timeout: 60_000 }, async () => {
    await scene.with({}, async (database) => {
      const marker = scene.marker();
      expect(await rowsOf(database, sql.series(1))).toHaveLength(1);
      const failure = failureOf(
        rowsOf(database, `${sql.sleep(scene.long)} /* ${marker} */`, {}, { timeoutMs: 60_000 }),
      );
      await scene.untilRunning(marker);
      await scene.subject.restart?.();
      expect((await failure).kind).toBe('lost');
      const errors: string[] = [];
      const again = async (): Promise<number> => {
        try {
          return (await rowsOf(database, sql.series(2))).length;
        } catch (error) {
          errors.push((error as DatabaseError).kind);
          return 0;
        }
      };
      await expect.poll(again, { timeout: 10_000 }).toBe(2);
      for (const kind of errors) expect(kind).toMatch(/^(lost|unreachable)$/);
    });
  });
}

function closing(scene: Scene): void {
  const { sql } = scene.facts;

  it('closes within 2 s though a statement runs, and ends it on the server', async () => {
    const marker = scene.marker();
    await scene.with({ connections: 1 }, async (database) => {
      const running = failureOf(rowsOf(database, `${sql.sleep(scene.long)} /* ${marker} */`));
      const waiting = failureOf(rowsOf(database, sql.series(1)));
      await scene.untilRunning(marker);
      expect(await timeOf(() => database.close())).toBeLessThan(2000);
      expect((await running).kind).toBe('aborted');
      expect((await waiting).kind).toBe('aborted');
      await scene.expectGone(marker);
      expect((await failureOf(rowsOf(database, sql.series(1)))).kind).toBe('aborted');
    });
  });

  it('leaves no session behind', async () => {
    const { sessions } = scene.subject;
    await scene.with({}, (database) => rowsOf(database, sql.series(1)));
    if (sessions !== undefined) await expect.poll(sessions, { timeout: 2000 }).toBe(0);
  });

  it('can be closed unused, and twice', async () => {
    await scene.with({}, async (database) => {
      await database.close();
      await database.close();
    });
  });
}
