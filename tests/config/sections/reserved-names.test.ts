import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as exporterFamilies from '../../../src/exporter-families.ts';
import { reservedNames } from '../../../src/config/sections/reserved-names.ts';
import { createOwnMetrics } from '../../../src/metrics/own.ts';
import type { Family } from '../../../src/monitors/contract.ts';
import { kinds } from '../../../src/monitors/kinds.ts';
import { countingKind } from '../../helpers/fake-config.ts';
import { casesOf } from '../../helpers/nightly.ts';

const isReserved = reservedNames(kinds);

const isFamily = (value: unknown): value is Family =>
  typeof value === 'object' && value !== null && 'help' in value && 'labels' in value;
const familiesIn = (value: unknown): Family[] => {
  if (isFamily(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(familiesIn) : [];
};

/** What was refused before names were taken from the families, by a list that was kept by hand. */
const refusedBefore =
  /^(?:erp_(?:failed|waiting|late|oldest|last|since_last|silent|open_amount|new|syncs?|job|reconciliation|monitor|maintenance|database|known_error|company|exporter|config)_[a-z0-9_]{0,12}|erp_(?:failed|waiting|late)_records|erp_syncs_today|process_[a-z0-9_]{0,12}|nodejs_[a-z0-9_]{0,12}|scrape_[a-z0-9_]{0,12}|up)$/;

describe('reserved names', () => {
  const names = [...kinds.flatMap(({ families }) => families), ...familiesIn({ ...exporterFamilies })].map(
    ({ name }) => name,
  );

  it.each(names)('keep %s from a query', (name) => {
    expect(isReserved(name)).toBe(true);
  });

  it('keep what the process exports about itself from a query', async () => {
    const own = await createOwnMetrics('1').registry.getMetricsAsJSON();
    expect(own.length).toBeGreaterThan(5);
    expect(own.map(({ name }) => name).filter((name) => !isReserved(name))).toEqual([]);
  });

  it('keep every name that begins as one of ours does', () => {
    const name = fc.constantFrom(...names).map((full) => /^[a-z]+_[a-z]+_/.exec(full)?.[0] ?? full);
    fc.assert(
      fc.property(name, fc.stringMatching(/^[a-z0-9_]{1,20}$/), (beginning, rest) =>
        isReserved(beginning + rest),
      ),
    );
  });

  it('keep every name that was refused when they were listed by hand', () => {
    fc.assert(fc.property(fc.stringMatching(refusedBefore), isReserved), { numRuns: casesOf(2000) });
  });

  it.each(['shop_open_baskets', 'erp_stock_level', 'erp_records', 'upstream_calls', 'uptime', 'erp_jobs_x'])(
    'leave %s to the user',
    (name) => {
      expect(isReserved(name)).toBe(false);
    },
  );

  it('come from the kinds that there are', () => {
    expect(reservedNames([])('erp_failed_records')).toBe(false);
    expect(reservedNames([])('erp_monitor_anything')).toBe(true);
    expect(reservedNames([countingKind])('erp_test_anything')).toBe(true);
  });
});
