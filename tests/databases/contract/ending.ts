import { describe, expect, it } from 'vitest';
import type { QueryOptions } from '../../../src/databases/contract.ts';
import { startProxy } from '../../helpers/tcp.ts';
import { failureOf, options, rowsOf, timeOf, type Scene } from './scene.ts';

/** How statements end before their time: cut, aborted, refused, locked out, lost. */
export function ending(scene: Scene): void {
  const { sql, capabilities } = scene.facts;

  /** Runs a statement that sleeps and asserts that it ends as `kind` within 2.5 s, here and on the server. */
  async function expectCut(
    kind: string,
    overrides: (marker: string) => Partial<QueryOptions>,
  ): Promise<void> {
    const marker = scene.marker();
    await scene.with({ connections: 1 }, async (database) => {
      const took = await timeOf(async () => {
        const error = await failureOf(
          rowsOf(database, `${sql.sleep(scene.long)} /* ${marker} */`, {}, overrides(marker)),
        );
        expect([error.kind, error.end]).toEqual([kind, capabilities.cancel ? 'cancelled' : 'unanswered']);
      });
      expect(took).toBeLessThan(2500);
      await scene.expectGone(marker);
      expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
    });
  }

  describe('ending early', () => {
    it('cuts a statement at its time-out, on the server', async () => {
      await expectCut('timeout', () => ({ timeoutMs: 300 }));
    });

    it('ends a statement when its signal fires, on the server', async () => {
      await expectCut('aborted', (marker) => {
        const controller = new AbortController();
        void scene.untilRunning(marker).then(() => controller.abort());
        return { signal: controller.signal };
      });
    });

    it('ends a statement amid its rows when its signal fires', async () => {
      const marker = scene.marker();
      const controller = new AbortController();
      await scene.with({ connections: 1 }, async (database) => {
        const loop = async (): Promise<void> => {
          const statement = `${sql.series(1_000_000)} /* ${marker} */`;
          for await (const row of database.query(
            statement,
            {},
            options({ signal: controller.signal, maxRows: 1e6 }),
          ))
            if (row['n'] === 10) controller.abort();
        };
        expect((await failureOf(loop())).kind).toBe('aborted');
        await scene.expectGone(marker);
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('does not start a statement whose signal has fired', async () => {
      await scene.with({}, async (database) => {
        const signal = AbortSignal.abort();
        expect((await failureOf(rowsOf(database, sql.sleep(scene.long), {}, { signal }))).kind).toBe(
          'aborted',
        );
        expect((await failureOf(database.describe(sql.series(1), {}, signal))).kind).toBe('aborted');
        expect((await failureOf(database.ping(signal))).kind).toBe('aborted');
        expect((await failureOf(database.inspect(signal))).kind).toBe('aborted');
      });
    });

    it('gives up waiting for a session when the signal fires', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        const first = rowsOf(database, sql.sleep(1));
        const took = await timeOf(async () => {
          const error = await failureOf(
            rowsOf(database, sql.series(1), {}, { signal: AbortSignal.timeout(200) }),
          );
          expect(error.kind).toBe('aborted');
        });
        expect(took).toBeLessThan(900);
        expect(await first).toHaveLength(1);
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('lets no statement write, though the login may', async () => {
      const writes = ['INSERT INTO contract_writes VALUES (1)', 'CREATE TABLE contract_created (id int)'];
      await scene.with({ connections: 1 }, async (database) => {
        for (const write of writes) {
          if (!capabilities.readOnlySession) await rowsOf(database, write).catch(() => []);
          else expect((await failureOf(rowsOf(database, write))).kind).toMatch(/^(permission|query)$/);
        }
        expect(await rowsOf(database, 'SELECT id FROM contract_writes')).toEqual([]);
      });
      expect(await scene.subject.admin('SELECT id FROM contract_writes')).toHaveLength(0);
      await expect(scene.subject.admin('SELECT id FROM contract_created')).rejects.toThrow();
    });

    if (capabilities.sessions) betweenSessions(scene);
    if (!capabilities.network) return;
    silence(scene);

    it('tells a connection that broke amid the rows, and makes a new one', async () => {
      const proxy = await startProxy(scene.subject.settings.port ?? 0);
      try {
        await scene.with({ port: proxy.port, connections: 1 }, async (database) => {
          const loop = async (): Promise<void> => {
            for await (const row of database.query(sql.series(1_000_000), {}, options({ maxRows: 1e6 })))
              if (row['n'] === 10) proxy.cut();
          };
          expect((await failureOf(loop())).kind).toBe('lost');
          expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
        });
      } finally {
        await proxy.close();
      }
    });
  });
}

function silence(scene: Scene): void {
  const { sql } = scene.facts;

  it.each(['its time-out', 'its signal'])(
    'gives a statement up at %s though the server has gone silent',
    async (what) => {
      const proxy = await startProxy(scene.subject.settings.port ?? 0);
      const marker = scene.marker();
      const controller = new AbortController();
      try {
        await scene.with({ port: proxy.port, connections: 1 }, async (database) => {
          const limits = what === 'its signal' ? { signal: controller.signal } : { timeoutMs: 700 };
          const failure = failureOf(rowsOf(database, `${sql.sleep(3)} /* ${marker} */`, {}, limits));
          await scene.untilRunning(marker);
          proxy.freeze();
          const took = await timeOf(async () => {
            controller.abort();
            const { kind, end } = await failure;
            expect([kind, end]).toEqual([what === 'its signal' ? 'aborted' : 'timeout', 'unanswered']);
          });
          expect(took).toBeLessThan(3000);
          expect(await timeOf(() => database.close())).toBeLessThan(2000);
        });
      } finally {
        await proxy.close();
      }
    },
  );

  it('closes within 2 s though the server has gone silent', async () => {
    const proxy = await startProxy(scene.subject.settings.port ?? 0);
    const marker = scene.marker();
    try {
      await scene.with({ port: proxy.port }, async (database) => {
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
        const failure = failureOf(rowsOf(database, `${sql.sleep(3)} /* ${marker} */`));
        await scene.untilRunning(marker);
        proxy.freeze();
        expect(await timeOf(() => database.close())).toBeLessThan(2000);
        expect((await failure).kind).toBe('aborted');
      });
    } finally {
      await proxy.close();
    }
  });
}

function betweenSessions(scene: Scene): void {
  const { sql } = scene.facts;

  it('gives up on a lock that is not granted', async () => {
    const release = await scene.subject.hold?.(sql.lock('contract_locked'));
    try {
      await scene.with({ lockTimeoutMs: 400, connections: 1 }, async (database) => {
        const took = await timeOf(async () => {
          const error = await failureOf(rowsOf(database, 'SELECT id FROM contract_locked'));
          expect(error.kind).toBe('locked');
        });
        expect(took).toBeLessThan(3000);
        expect(await rowsOf(database, 'SELECT id FROM contract_values WHERE id = 1')).toEqual([{ id: 1 }]);
      });
    } finally {
      await release?.();
    }
  });

  it('tells that a lock was waited for, however short the time-out of the statement is', async () => {
    const release = await scene.subject.hold?.(sql.lock('contract_locked'));
    try {
      await scene.with({ lockTimeoutMs: 60_000, connections: 1 }, async (database) => {
        const waiting = rowsOf(database, 'SELECT id FROM contract_locked', {}, { timeoutMs: 2500 });
        expect((await failureOf(waiting)).kind).toBe('locked');
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    } finally {
      await release?.();
    }
  });

  it('tells a session that the server killed amid a statement, and makes a new one', async () => {
    const marker = scene.marker();
    await scene.with({ connections: 1 }, async (database) => {
      const failure = failureOf(rowsOf(database, `${sql.sleep(scene.long)} /* ${marker} */`));
      await scene.untilRunning(marker);
      await scene.subject.terminate?.(marker);
      expect((await failure).kind).toBe('lost');
      expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
    });
  });
}
