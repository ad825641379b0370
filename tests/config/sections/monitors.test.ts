import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expandEnvironment } from '../../../src/config/source/environment.ts';
import { monitorSchema } from '../../../src/config/schema/monitor.ts';
import { readMonitors } from '../../../src/config/sections/monitors.ts';
import { readSource } from '../../../src/config/source/positions.ts';
import { Report } from '../../../src/config/source/report.ts';
import { readDefaults } from '../../../src/config/sections/top-level.ts';
import type { MonitorKind } from '../../../src/monitors/contract.ts';
import { countingKind } from '../../helpers/fake-config.ts';

/** A kind of which one run takes many statements. */
const slowKind: MonitorKind = {
  ...countingKind,
  kind: 'slow',
  settings: z.object({ longest: z.number() }),
  longRunMs: ({ longest }) => Number(longest) * 1000,
};

/** The monitor of a file with that entry. */
function monitorOf(entry: string) {
  const source = readSource(`monitors: [{ name: m, flow: orders, ${entry} }]`);
  const report = new Report(
    'config.yml',
    source,
    expandEnvironment(source.data, {}, () => false),
  );
  const kinds = [slowKind, countingKind].map(
    (kind) => [kind.kind, { kind, schema: monitorSchema(kind) }] as const,
  );
  const { monitors } = z.object({ monitors: z.array(z.unknown()) }).parse(source.data);
  const [monitor] = readMonitors(monitors, {
    report,
    kinds: new Map(kinds),
    isReserved: () => false,
    environment: '',
    defaults: readDefaults({}, report),
    timezone: 'UTC',
    drivers: new Map(),
    calendars: new Map(),
    companies: ['acme'],
  });
  expect(report.problems).toEqual([]);
  return monitor;
}

describe('what a run may take', () => {
  it('is what a statement may, for most kinds', () => {
    expect(monitorOf('kind: counting')).toMatchObject({ timeoutMs: 10_000, runTimeoutMs: 10_000 });
    expect(monitorOf('kind: counting, timeout: 3s')).toMatchObject({
      timeoutMs: 3_000,
      runTimeoutMs: 3_000,
    });
  });

  it('is what the kind says when its runs last longer', () => {
    expect(monitorOf('kind: slow, longest: 240, timeout: 3s')).toMatchObject({
      timeoutMs: 3_000,
      runTimeoutMs: 240_000,
    });
  });
});
