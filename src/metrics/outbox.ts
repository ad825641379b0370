import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { outboxFamilies } from '../exporter-families.ts';
import type { Family } from '../monitors/contract.ts';
import type { OutboxCount } from '../outbox/contract.ts';

/** What is exported about the outbox; nothing, until there is one. */
export interface OutboxMetrics {
  attempted(entry: { readonly kind: string; readonly action: string }, result: string): void;
  settled(entry: { readonly kind: string; readonly action: string }, state: string): void;
  /** What waits now. */
  counted(counts: readonly OutboxCount[]): void;
  /** Asked at each rendering: whether the store can be written; undefined: there is no outbox. */
  watch(isUp: () => boolean | undefined): void;
}

const settingsOf = ({ name, help, labels }: Family, registry: Registry) => ({
  ...{ name, help, labelNames: [...labels] },
  registers: [registry],
});

export function createOutboxMetrics(registry: Registry): OutboxMetrics {
  const families = outboxFamilies;
  const waiting = new Gauge(settingsOf(families.waiting, registry));
  const failing = new Gauge(settingsOf(families.failing, registry));
  const oldest = new Gauge(settingsOf(families.oldest, registry));
  const attempts = new Counter(settingsOf(families.attempts, registry));
  const settled = new Counter(settingsOf(families.settled, registry));
  const seen = new Map<string, { readonly kind: string; readonly action: string }>();
  let isUp: () => boolean | undefined = () => undefined;
  new Gauge({
    ...settingsOf(families.up, registry),
    collect() {
      const up = isUp();
      if (up === undefined) this.remove();
      else this.set(up ? 1 : 0);
    },
  });
  return {
    attempted: ({ kind, action }, result) => attempts.inc({ kind, action, result }),
    settled: ({ kind, action }, state) => settled.inc({ kind, action, state }),
    counted(counts) {
      oldest.reset();
      // What no longer waits is 0, and does not vanish.
      for (const labels of seen.values()) for (const gauge of [waiting, failing]) gauge.set(labels, 0);
      for (const { kind, action, ...count } of counts) {
        seen.set(`${kind} ${action}`, { kind, action });
        waiting.set({ kind, action }, count.waiting);
        failing.set({ kind, action }, count.failing);
        if (count.oldestWaiting !== undefined) oldest.set({ kind, action }, count.oldestWaiting / 1000);
      }
    },
    watch: (given) => {
      isUp = given;
    },
  };
}
