import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { processFamilies, processMetrics } from '../exporter-families.ts';
import type { Instant } from '../time.ts';

/** What the process counts about itself. */
export interface OwnMetrics {
  /** In the text format. */
  readonly render: () => Promise<string>;
  /** A configuration was read, at the start or again: whether it was good, and when. */
  configLoaded(good: boolean, at: Instant): void;
  /** Puts the label `environment` on every series from now on. @param environment '': no such label. */
  setEnvironment(environment: string): void;
  readonly registry: Registry;
}

function addStateFileGauge(registers: Registry[], isStateWritten: () => boolean | undefined): void {
  new Gauge({
    name: processFamilies.stateFileWritten.name,
    help: processFamilies.stateFileWritten.help,
    registers,
    collect() {
      const isWritten = isStateWritten();
      // Without labels, this removes its only series.
      if (isWritten === undefined) this.remove();
      else this.set(isWritten ? 1 : 0);
    },
  });
}

/**
 * @param isStateWritten asked at each rendering: whether the state file holds all that it should; undefined: there is none.
 */
export function createOwnMetrics(
  version: string,
  isStateWritten: () => boolean | undefined = () => undefined,
): OwnMetrics {
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
    name: processFamilies.buildInfo.name,
    help: processFamilies.buildInfo.help,
    labelNames: [...processFamilies.buildInfo.labels],
    registers,
  }).set({ version, nodeversion: process.version }, 1);
  const successful = new Gauge({
    name: processFamilies.reloadSuccessful.name,
    help: processFamilies.reloadSuccessful.help,
    registers,
  });
  const successTime = new Gauge({
    name: processFamilies.reloadSuccessTime.name,
    help: processFamilies.reloadSuccessTime.help,
    registers,
  });
  addStateFileGauge(registers, isStateWritten);
  return {
    registry,
    render: () => registry.metrics(),
    setEnvironment: (environment) => registry.setDefaultLabels(environment === '' ? {} : { environment }),
    configLoaded(good, at) {
      successful.set(good ? 1 : 0);
      if (good) successTime.set(at / 1000);
    },
  };
}
