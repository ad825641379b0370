import type { Config } from './config.ts';

/** Freezes plain data, nested values included. Bytes and dates cannot be frozen and are left as they are. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const item of Object.values(value)) deepFreeze(item);
  Object.freeze(value);
}

/** Freezes a configuration and everything in it. */
export function freezeConfig(config: Config): Config {
  for (const map of [config.databases, config.companies, config.responders])
    for (const entry of map.values()) deepFreeze(entry);
  for (const { responders } of config.companies.values())
    for (const contacts of responders?.values() ?? []) deepFreeze(contacts);
  for (const monitor of config.monitors) {
    for (const part of [monitor.settings, monitor.companies, monitor.schedule, monitor.databases])
      deepFreeze(part);
    // Not deeply: its kind and calendar are objects with internal caches.
    Object.freeze(monitor);
  }
  deepFreeze(config.alerting);
  deepFreeze(config.statusPage);
  deepFreeze(config.prometheus);
  for (const { action, limits } of config.remedies?.remedies ?? []) {
    deepFreeze(action);
    // Not deeply: its calendar is an object with internal caches.
    Object.freeze(limits);
  }
  deepFreeze(config.stateDatabase);
  deepFreeze(config.mails);
  deepFreeze(config.tickets?.rules);
  deepFreeze(config.tickets?.webhook);
  Object.freeze(config.monitors);
  return Object.freeze(config);
}
