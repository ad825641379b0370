import type { Calendar } from '../../../src/calendar/calendar.ts';
import { withLabels } from './series.ts';
import type { Values } from './series.ts';
import { readings } from './readings.ts';
import type { MonitorSetup, Reading } from './readings.ts';
import { instantOf } from './shop.ts';
import type { Shop } from './shop.ts';

/** Minutes for which a reading outlives failed runs: the default of `hold`. */
const holdMinutes = 60;

/** How a monitor stands, as the exporter keeps it. Minutes of the month. */
interface Status {
  reading: Reading | null;
  lastRun: number | null;
  lastSuccess: number | null;
  failedSince: number | null;
  failures: Map<string, number>;
}

const newStatus = (): Status => ({
  reading: null,
  lastRun: null,
  lastSuccess: null,
  failedSince: null,
  failures: new Map(),
});

/** The exporter: runs its monitors against the shop when they are due, and says what a scrape would find. */
export class SimulatedExporter {
  readonly #shop: Shop;
  readonly #monitors: readonly MonitorSetup[];
  #statuses: Status[];
  #isUp = false;
  /** Maintenance windows, in minutes of the month; they cover all monitors. */
  readonly #maintenance: readonly (readonly [from: number, to: number])[];

  constructor(
    shop: Shop,
    monitors: readonly MonitorSetup[],
    maintenance: readonly (readonly [from: number, to: number])[],
  ) {
    this.#shop = shop;
    this.#monitors = monitors;
    this.#maintenance = maintenance;
    this.#statuses = monitors.map(newStatus);
  }

  /** Runs what is due. A restarted exporter has forgotten everything and runs all monitors at once. */
  step(): void {
    const { minute } = this.#shop;
    if (this.#shop.has('exporter is down')) {
      this.#isUp = false;
      return;
    }
    const started = !this.#isUp;
    if (started) this.#statuses = this.#monitors.map(newStatus);
    this.#isUp = true;
    for (const [index, setup] of this.#monitors.entries()) {
      const status = this.#statuses[index];
      const isDue = started || minute % setup.intervalMinutes === index % setup.intervalMinutes;
      if (status !== undefined && isDue) this.#run(setup, status);
    }
  }

  #run(setup: MonitorSetup, status: Status): void {
    const { minute } = this.#shop;
    const outcome = readings[setup.monitor](this.#shop, setup);
    if (outcome === 'hangs') return;
    status.lastRun = minute;
    if (typeof outcome !== 'string') {
      status.reading = outcome;
      status.lastSuccess = minute;
      status.failedSince = null;
      return;
    }
    status.failures.set(outcome, (status.failures.get(outcome) ?? 0) + 1);
    status.failedSince ??= minute;
  }

  /**
   * What a scrape finds; only `up` when nobody answers.
   *
   * @param origin the minute of the month that is 0 for all timestamps.
   */
  values(origin: number): Values {
    if (!this.#isUp) return { up: 0 };
    const seconds = (minute: number) => (minute - origin) * 60;
    const isBad = this.#shop.has('configuration is bad');
    return Object.assign(
      {
        up: 1,
        'erp_exporter_build_info{version="1"}': 1,
        erp_config_last_reload_successful: isBad ? 0 : 1,
        'erp_database_up{database="shop",driver="postgres"}': this.#shop.has('shop is down') ? 0 : 1,
        'erp_database_up{database="erp",driver="mssql"}': this.#shop.has('erp is down') ? 0 : 1,
        'erp_database_clock_skew_seconds{database="erp",driver="mssql"}': this.#shop.has('erp clock is off')
          ? 3600
          : 2,
      },
      ...this.#monitors.map((setup, index) =>
        this.#valuesOf(setup, this.#statuses[index] ?? newStatus(), seconds),
      ),
    ) as Values;
  }

  #valuesOf(setup: MonitorSetup, status: Status, seconds: (minute: number) => number): Values {
    const { minute } = this.#shop;
    const held = status.failedSince === null || minute - status.failedSince < holdMinutes;
    const reading = held ? status.reading : null;
    const inMaintenance = this.#maintenance.some(([from, to]) => from <= minute && minute < to);
    const values = {
      [infoOf(setup)]: 1,
      erp_monitor_interval_seconds: setup.intervalMinutes * 60,
      erp_monitor_open: isOpen(setup.calendar, minute) ? 1 : 0,
      erp_maintenance_active: inMaintenance ? 1 : 0,
      ...(status.lastRun === null
        ? {}
        : {
            erp_monitor_success: status.failedSince === null ? 1 : 0,
            erp_monitor_last_run_timestamp_seconds: seconds(status.lastRun),
          }),
      ...(status.lastSuccess === null
        ? {}
        : { erp_monitor_last_success_timestamp_seconds: seconds(status.lastSuccess) }),
      ...Object.fromEntries(
        [...status.failures].map(([reason, count]) => [`erp_monitor_failures_total{reason="${reason}"}`, count]),
      ),
      ...reading?.samples(seconds),
      ...reading?.live(minute),
    };
    const labels = { company: setup.company, flow: setup.flow, monitor: setup.monitor };
    return Object.fromEntries(
      Object.entries(values).map(([series, value]) => [withLabels(series, labels), value]),
    );
  }
}

function infoOf({ kind, database, criticality, responder, sends }: MonitorSetup): string {
  return withLabels('erp_monitor_info', { kind, database, criticality, responder, language: 'nl', sends });
}

function isOpen(calendar: Calendar, minute: number): boolean {
  return calendar.isOpen(instantOf(minute));
}
