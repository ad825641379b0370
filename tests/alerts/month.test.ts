import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isNightly } from '../helpers/nightly.ts';
import { describeReal, findProgram } from '../helpers/real.ts';
import { detectAll, detectionMarkdown } from './support/detection.ts';
import { incidents } from './support/incidents.ts';
import type { Expected } from './support/incidents.ts';
import { detect, healthyMonth, inParallel } from './support/month.ts';
import type { Detection, Outcome } from './support/month.ts';
import { recordedMonth } from './support/recorded.ts';
import type { RecordedMonth } from './support/recorded.ts';
import { instantOf, minuteOf, monthMinutes } from './support/shop.ts';
import { allCases } from './support/test-files.ts';

const patience = 400_000;

describe('the month', () => {
  it('has four weeks, an hour that comes twice, and begins on a Monday', () => {
    const wall = (minute: number) =>
      new Date(instantOf(minute)).toLocaleString('sv', { timeZone: 'Europe/Brussels' });
    expect(wall(0)).toBe('2026-10-19 00:00:00');
    expect(wall(monthMinutes)).toBe('2026-11-16 00:00:00');
    expect(wall(minuteOf('2026-10-25T03:00'))).toBe('2026-10-25 03:00:00');
    expect(wall(minuteOf('2026-11-11T08:20'))).toBe('2026-11-11 08:20:00');
    expect(new Date(instantOf(1440)).getUTCDay()).toBe(1);
  });

  it('has an incident for each alert and severity, two at once, and one on a Sunday', () => {
    const reported = incidents.flatMap(({ alerts }) =>
      alerts.map((expected) => expected.split(' ').slice(0, 2).join(' ')),
    );
    // The simulated exporter has neither state file, outbox nor remedies: alerts/tests has the cases of their alerts.
    const apart = ['ErpStateFileNotWritten', 'ErpOutboxStuck', 'ErpOutboxNotWritten', 'ErpRemedyExhausted'];
    const simulated = allCases.filter(({ alert }) => !apart.includes(alert));
    const wanted = [
      ...simulated.map(({ alert, severity }) => `${alert} ${severity}`),
      'ErpExporterDown critical',
      'ErpExporterDown warning',
    ];
    expect([...new Set(reported)].sort()).toEqual(wanted.sort());
    expect(incidents.some(({ faults }) => faults.length > 1)).toBe(true);
    expect(incidents.some(({ at }) => new Date(`${at}:00Z`).getUTCDay() === 0)).toBe(true);
  });
});

/** Whether a detection is of the alert and severity, and has the other words among its labels. */
function matches({ alert, severity, labels }: Detection, expected: Expected): boolean {
  const [wantedAlert, wantedSeverity, ...values] = expected.split(' ');
  const isNamed = alert === wantedAlert && severity === wantedSeverity;
  return isNamed && values.every((value) => Object.values(labels).includes(value));
}

/** Some that need little of the month: what was recorded of them is what promtool says today. */
const sample = incidents.filter(({ at }) => at < '2026-10-20T12:00');

async function computedMonth(program: string): Promise<RecordedMonth> {
  return { healthy: await inParallel(healthyMonth(program), 2), outcomes: await detectAll(program) };
}

describeReal('a simulated month, judged by promtool', ['promtool'], () => {
  const program = findProgram('promtool') ?? '';
  let recorded: RecordedMonth | undefined;
  let month: RecordedMonth = { healthy: [], outcomes: [] };
  beforeAll(async () => {
    recorded = recordedMonth();
    month = isNightly || recorded === undefined ? await computedMonth(program) : recorded;
  }, 2 * patience);

  it('is as it was recorded, at least in a part', { timeout: patience }, async () => {
    if (recorded === undefined) return;
    expect(sample).not.toEqual([]);
    for (const incident of sample) {
      const outcome = recorded.outcomes.find((each) => each.incident === incident);
      expect(await detect(program, incident), incident.what).toEqual(outcome?.detections);
    }
    if (isNightly) expect(month).toEqual(recorded);
  });

  it('alarms nobody when all is well, and the watchdog is always there', () => {
    const { healthy } = month;
    expect(healthy).toHaveLength(healthyMonth(program).length);
    expect(healthy.map(({ alerts }) => alerts)).toEqual(healthy.map(() => []));
    expect(healthy.map(({ watchdogShare }) => watchdogShare)).toEqual(healthy.map(() => 1));
  });

  describe('with incidents', () => {
    let outcomes: readonly Outcome[] = [];
    beforeAll(() => {
      ({ outcomes } = month);
    });

    it('reports each, and nothing else', () => {
      for (const { incident, detections } of outcomes) {
        const names = detections.map(({ alert, severity }) => `${alert} ${severity}`);
        for (const expected of incident.alerts)
          expect(
            detections.some((detection) => matches(detection, expected)),
            `${incident.what}: ${expected} is missing of ${names.join(', ')}`,
          ).toBe(true);
        const others = detections.filter(
          (detection) => !incident.alerts.some((expected) => matches(detection, expected)),
        );
        expect(others, incident.what).toEqual([]);
      }
      expect(outcomes).toHaveLength(incidents.length);
    });

    it('reports none before it happens', () => {
      for (const { incident, detections } of outcomes)
        for (const { afterMinutes } of detections)
          expect(afterMinutes, incident.what).toBeGreaterThanOrEqual(0);
    });

    it('is what docs/detection.md says', () => {
      const written = readFileSync(new URL('../../docs/detection.md', import.meta.url), 'utf8');
      expect(written, 'run npm run generate:alerts').toBe(detectionMarkdown(outcomes));
    });
  });
});
