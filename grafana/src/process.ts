import type { Placed } from './page.ts';
import { linesPanel } from './panels.ts';
import { ofEnvironment } from './promql.ts';
import { ago, agoWidth, instant } from './shared.ts';
import { tablePanel } from './tables.ts';

/** A process metric of the exporters alone: other targets of Prometheus have such metrics too. */
function own(expression: string, by = ''): string {
  const labels = by === '' ? 'instance' : `instance, ${by}`;
  return `max by (${labels}) (${expression} and on (job, instance) erp_exporter_build_info{${ofEnvironment}})`;
}
const rateOf = (counter: string): string => `rate(${counter}[$__rate_interval])`;

/** The exporter's own process, one line for each replica. */
export const exporterProcess: readonly Placed[] = [
  {
    panel: linesPanel({
      narrow: true,
      title: 'Processor',
      description: 'Processor time used; 1 is one core.',
      unit: 'none',
      queries: [{ expr: own(rateOf('process_cpu_seconds_total')), legend: '{{instance}}' }],
    }),
    ...{ x: 0, y: 0, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Memory',
      description: 'Resident memory of the process, and the part of it that is heap in use.',
      unit: 'bytes',
      queries: [
        { expr: own('process_resident_memory_bytes'), legend: 'Resident: {{instance}}' },
        { expr: own('nodejs_heap_size_used_bytes'), legend: 'Heap: {{instance}}' },
      ],
    }),
    ...{ x: 8, y: 0, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Event loop lag',
      description: '99th percentile of the delays of the event loop: how long a scrape may have to wait.',
      unit: 's',
      queries: [{ expr: own('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
    }),
    ...{ x: 16, y: 0, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Garbage collection',
      description: 'Share of the time spent on garbage collection, by kind.',
      unit: 'percentunit',
      queries: [
        { expr: own(rateOf('nodejs_gc_duration_seconds_sum'), 'kind'), legend: '{{kind}}: {{instance}}' },
      ],
    }),
    ...{ x: 0, y: 8, w: 8, h: 8 },
  },
  {
    panel: linesPanel({
      narrow: true,
      title: 'Open files and sockets',
      description: 'Open file descriptors of the process: files, sockets, pipes.',
      unit: 'none',
      decimals: 0,
      queries: [{ expr: own('process_open_fds'), legend: '{{instance}}' }],
    }),
    ...{ x: 8, y: 8, w: 8, h: 8 },
  },
  {
    panel: tablePanel({
      title: 'Versions',
      description: 'Version of each exporter and of its Node.js, and when it was started.',
      sortBy: 'Exporter',
      columns: [
        { label: 'instance', name: 'Exporter' },
        { label: 'version', name: 'Version', width: 80 },
        { label: 'nodeversion', name: 'Node.js', width: 90 },
        {
          name: 'Running since',
          width: agoWidth,
          expr: instant(
            `max by (instance, version, nodeversion) (process_start_time_seconds * on (job, instance) group_left (version, nodeversion) erp_exporter_build_info{${ofEnvironment}})`,
          ),
          unit: ago,
        },
      ],
    }),
    ...{ x: 16, y: 8, w: 8, h: 8 },
  },
];
