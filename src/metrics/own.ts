import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Instant } from '../time.ts';

/**
 * Of prom-client's default metrics, those that are useful and follow the naming rules: the whole set fails
 * `promtool check metrics` (gauges that end in `_total`). The first of a group fills in the others when it is collected.
 */
const processMetrics = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_eventloop_lag_seconds',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds',
];

/** What the process counts about itself. */
export interface OwnMetrics {
  /** In the text format. */
  readonly render: () => Promise<string>;
  /** A configuration was read, at the start or again: whether it was good, and when. */
  configLoaded(good: boolean, at: Instant): void;
  readonly registry: Registry;
}

export function createOwnMetrics(version: string): OwnMetrics {
  const registry = new Registry();
  const defaults = new Registry();
  collectDefaultMetrics({ register: defaults });
  for (const name of processMetrics) {
    const metric = defaults.getSingleMetric(name);
    // Some are absent on some platforms: there is no /proc on macOS and Windows.
    if (metric !== undefined) registry.registerMetric(metric);
  }
  const registers = [registry];
  new Gauge({
    name: 'erp_exporter_build_info',
    help: 'Version of the exporter and of Node.js; always 1.',
    labelNames: ['version', 'nodeversion'],
    registers,
  }).set({ version, nodeversion: process.version }, 1);
  const successful = new Gauge({
    name: 'erp_config_last_reload_successful',
    help: 'Whether the last load of the configuration file succeeded.',
    registers,
  });
  const successTime = new Gauge({
    name: 'erp_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration in use was loaded.',
    registers,
  });
  return {
    registry,
    render: () => registry.metrics(),
    configLoaded(good, at) {
      successful.set(good ? 1 : 0);
      if (good) successTime.set(at / 1000);
    },
  };
}
