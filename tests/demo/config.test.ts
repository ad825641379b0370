import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Database } from '../../src/databases/contract.ts';
import { open } from '../../src/databases/postgres/database.ts';
import { preparedCluster } from '../../src/demo/database/cluster.ts';
import type { EmbeddedDatabase } from '../../src/demo/database/embedded.ts';
import { startEmbedded } from '../../src/demo/database/embedded.ts';
import { bothSchemas } from '../../src/demo/database/schema.ts';
import { cycleSeconds } from '../../src/demo/script.ts';
import { Simulation } from '../../src/demo/simulation.ts';
import type { Reading } from '../../src/monitors/contract.ts';
import { asksDatabases } from '../../src/monitors/shared/asks-databases.ts';
import { kinds } from '../../src/monitors/kinds.ts';
import { createKnowledge } from '../../src/known-errors/knowledge.ts';
import { createMonitorStates } from '../../src/state/monitor-states.ts';
import { PendingWork } from '../../src/poll/pending-work.ts';
import { runTask } from '../../src/poll/task-run.ts';
import { tasksOf } from '../../src/poll/task.ts';

const file = fileURLToPath(new URL('../../config/demo.yml', import.meta.url));
const signal = AbortSignal.timeout(60_000);

describe('config/demo.yml', () => {
  let embedded: EmbeddedDatabase;
  let config: Config;
  const databases = new Map<string, Database>();
  const now = Date.now();

  beforeAll(async () => {
    embedded = await startEmbedded('demo', signal, await preparedCluster());
    const result = await loadConfig(file, {
      env: {
        SHOP_URL: embedded.url,
        ERP_URL: embedded.url,
        RELAUNCH_URL: 'http://127.0.0.1:1',
        STATE_FILE: 'state.db',
      },
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.warnings).toEqual([]);
    config = result.config;
    for (const [name, settings] of config.databases) databases.set(name, open(settings));

    const started = now - 130_000;
    const simulation = new Simulation({ now: started, seed: 20 });
    const events = [simulation.history()];
    for (let at = started + 1000; at <= now; at += 1000) events.push(simulation.step(at));
    await embedded.write([...bothSchemas, ...events.flatMap((deed) => [...deed.shop, ...deed.erp])]);
  });
  afterAll(async () => {
    await Promise.all([...databases.values()].map(async (database) => database.close()));
    await embedded.stop();
  });

  const database = (name: string): Database => {
    const found = databases.get(name);
    if (found === undefined) throw new Error(`no database ${name}`);
    return found;
  };

  /** Every monitor run once, all at the same time: two sessions for each database have to do. */
  const observe = async (): Promise<ReadonlyMap<string, readonly Reading[]>> => {
    const runs = config.monitors.map(async (monitor): Promise<readonly [string, readonly Reading[]]> => {
      const errors = createKnowledge(config.knownErrors, undefined);
      const states = createMonitorStates(undefined, () => {});
      const tasks = tasksOf(config).filter((task) => task.monitor === monitor);
      const readings = tasks.map((task) =>
        runTask(task, { config, database, errors, states, now, signal, pending: new PendingWork() }),
      );
      return [monitor.name, await Promise.all(readings)];
    });
    return new Map(await Promise.all(runs));
  };

  it('has monitors of every kind, both ways of telling companies apart, a canary and links', () => {
    expect(new Set(config.monitors.map(({ kind }) => kind.kind))).toEqual(
      // The demo has databases, and no folders.
      new Set(kinds.filter(asksDatabases).map(({ kind }) => kind)),
    );
    expect(new Set(config.monitors.map(({ shared }) => shared))).toEqual(new Set([true, false]));
    expect(config.monitors.filter(({ canary }) => canary !== undefined)).not.toEqual([]);
    expect(config.monitors.filter(({ recordUrl }) => recordUrl !== undefined)).not.toEqual([]);
    const critical = config.monitors
      .filter(({ criticality }) => criticality === 'critical')
      .map(({ flow }) => flow);
    expect(new Set(critical)).toEqual(new Set(['orders', 'payments']));
    for (const monitor of config.monitors) expect(monitor.companies).toEqual(['acme', 'globex']);
    expect(cycleSeconds).toBeGreaterThan(130);
  });

  it('answers for both companies with every monitor, without notes', async () => {
    const readings = await observe();
    for (const [name, list] of readings) {
      expect(new Set(list.flatMap(({ samples }) => samples.map(({ company }) => company))), name).toEqual(
        new Set(['acme', 'globex']),
      );
      expect(
        list.flatMap(({ notes }) => notes),
        name,
      ).toEqual([]);
    }
    const value = (
      monitor: string,
      metric: string,
      company: string,
      labels: Readonly<Record<string, string>> = {},
    ) =>
      readings
        .get(monitor)
        ?.flatMap(({ samples }) => samples)
        .filter((sample) => sample.family.name === metric && sample.company === company)
        .find((sample) => Object.entries(labels).every(([label, text]) => sample.labels[label] === text))
        ?.value ?? NaN;

    expect(value('web_orders', 'erp_failed_records', 'globex')).toBeGreaterThan(1);
    // 130 seconds into the script orders of acme have queued up for almost two minutes.
    expect(value('web_orders', 'erp_late_records', 'acme', { severity: 'critical' })).toBeGreaterThan(0);
    expect(value('web_orders', 'erp_late_records', 'globex', { severity: 'warning' })).toBe(0);
    expect(value('payments', 'erp_failed_records', 'globex')).toBeGreaterThan(0);
    expect(value('invoices', 'erp_failed_records', 'acme')).toBeGreaterThan(0);
    // Zone-less columns of the ERP: an age that is off by a zone would be an hour or more.
    expect(
      now / 1000 -
        value('order_value', 'shop_last_booked_order_timestamp_seconds', 'globex', { currency: 'CHF' }),
    ).toBeLessThan(60);
    expect(now / 1000 - value('crm_sync', 'erp_last_sync_timestamp_seconds', 'acme')).toBeLessThan(30);
    expect(
      value('datamoves', 'erp_job_status', 'acme', { job_name: 'stock-in', status: 'failed' }) +
        value('datamoves', 'erp_job_status', 'acme', { job_name: 'stock-in', status: 'running' }),
    ).toBe(1);
    expect(value('datamoves', 'erp_job_enabled', 'acme', { job_name: 'archive-documents' })).toBe(0);
    for (const company of ['acme', 'globex']) {
      for (const monitor of ['orders_arrived', 'payments_booked']) {
        const values = ['candidate_records', 'mismatched_records'].map((name) =>
          ['missing_right', 'different'].map((mismatch) =>
            value(monitor, `erp_reconciliation_${name}`, company, { mismatch }),
          ),
        );
        // The first run has seen each once: nothing is confirmed yet.
        expect(
          values[0]?.reduce((sum, count) => sum + count),
          `${company} ${monitor}`,
        ).toBeGreaterThan(0);
        expect(values[1]).toEqual([0, 0]);
      }
      expect(value('orders_arrived', 'erp_reconciliation_compared_records', company)).toBeGreaterThan(20);
    }
    expect(value('orders_by_state', 'shop_orders_last_hour', 'acme', { state: 'waiting' })).toBeGreaterThan(
      5,
    );
  });
});
