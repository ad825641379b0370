import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createOutboxMetrics } from '../../src/metrics/outbox.ts';

const made = () => {
  const registry = new Registry();
  const metrics = createOutboxMetrics(registry);
  /** Samples of the outbox, without their help. */
  const lines = async () =>
    (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('erp_outbox_'))
      .sort();
  return { metrics, lines };
};
const ticket = { kind: 'ticket', action: 'create' };

it('says nothing where there is no outbox', async () => {
  expect(await made().lines()).toEqual([]);
});

it('says whether the store can be written, as of the scrape', async () => {
  const { metrics, lines } = made();
  let isUp: boolean | undefined = true;
  metrics.watch(() => isUp);
  expect(await lines()).toEqual(['erp_outbox_store_up 1']);
  isUp = false;
  expect(await lines()).toEqual(['erp_outbox_store_up 0']);
  isUp = undefined;
  expect(await lines()).toEqual([]);
});

it('says what waits, and 0 when it does no longer', async () => {
  const { metrics, lines } = made();
  metrics.counted([{ ...ticket, waiting: 3, failing: 1, oldestWaiting: 1_700_000_000_500 }]);
  const labels = '{kind="ticket",action="create"}';
  expect(await lines()).toEqual([
    `erp_outbox_failing_entries${labels} 1`,
    `erp_outbox_oldest_waiting_timestamp_seconds${labels} 1700000000.5`,
    `erp_outbox_waiting_entries${labels} 3`,
  ]);
  metrics.counted([]);
  expect(await lines()).toEqual([
    `erp_outbox_failing_entries${labels} 0`,
    `erp_outbox_waiting_entries${labels} 0`,
  ]);
});

it('counts attempts and what became of entries', async () => {
  const { metrics, lines } = made();
  metrics.attempted(ticket, 'retry');
  metrics.attempted(ticket, 'done');
  metrics.attempted(ticket, 'done');
  metrics.settled(ticket, 'done');
  expect(await lines()).toEqual([
    'erp_outbox_attempts_total{kind="ticket",action="create",result="done"} 2',
    'erp_outbox_attempts_total{kind="ticket",action="create",result="retry"} 1',
    'erp_outbox_settled_entries_total{kind="ticket",action="create",state="done"} 1',
  ]);
});
