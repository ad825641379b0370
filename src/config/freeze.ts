import type { Config } from './config.ts';

/** Freezes plain data, whole. Bytes and dates cannot be frozen and are left. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const item of Object.values(value)) deepFreeze(item);
  Object.freeze(value);
}

/** Freezes a configuration and all that it holds. */
export function freezeConfig(config: Config): Config {
  for (const map of [config.databases, config.companies, config.responders])
    for (const entry of map.values()) deepFreeze(entry);
  for (const monitor of config.monitors) {
    for (const part of [monitor.settings, monitor.companies, monitor.schedule, monitor.databases])
      deepFreeze(part);
    // Not deeply: its kind and its calendar are no data, and fill caches of their own.
    Object.freeze(monitor);
  }
  deepFreeze(config.alerting);
  Object.freeze(config.monitors);
  return Object.freeze(config);
}
