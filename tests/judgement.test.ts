import { describe, expect, it } from 'vitest';
import { circumstancesAt, judgementsOf, monitorStates } from '../src/judgement.ts';
import { renderLive } from '../src/metrics/exposition.ts';
import type { CompanyStatus } from '../src/monitors/contract.ts';
import type { TaskStatus } from '../src/poll/task-status.ts';
import { monitor } from './helpers/fake-config.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const closed = { isOpen: () => false, openSeconds: () => 0 };
const failure = { reason: 'timeout', message: 'too slow' } as const;
const window = {
  reason: 'update',
  isActive: () => true,
  activeUntil: () => now + 1,
  covers: (company: string) => company === 'acme',
};

function task(state: CompanyStatus['state'] | null, change: Partial<TaskStatus> = {}): TaskStatus {
  const statuses = state === null ? [] : [{ company: 'acme', state, text: 'seen' }];
  return {
    key: 'k',
    monitor: monitor('web_orders'),
    companies: ['acme'],
    intervalSeconds: 60,
    reading: state === null ? null : { samples: [], statuses, records: [], truncated: false, notes: [] },
    lastRun: now - 5000,
    lastSuccess: now - 5000,
    failure: null,
    durationSeconds: 0.1,
    runs: 1,
    failures: {},
    skipped: 0,
    ...change,
  };
}

describe('judgementsOf', () => {
  const shut = { monitor: monitor('web_orders', { calendar: closed }) };
  it.each([
    ['ok', task('ok'), 'ok', 'OK, seen'],
    ['ok outside of business hours', task('ok', shut), 'closed', 'seen'],
    ['warning outside of business hours', task('warning', shut), 'warning', 'seen'],
    ['critical', task('critical'), 'critical', 'seen'],
    ['never run', task(null, { lastRun: null, lastSuccess: null }), 'no_data', 'Not run yet'],
    [
      'a reading dropped after hold',
      task(null, { failure }),
      'no_data',
      'The last run failed (timeout): too slow',
    ],
    [
      'ok, but the last run failed',
      task('ok', { ...shut, failure }),
      'no_data',
      'seen. The last run failed (timeout): too slow',
    ],
    [
      'critical, and the last run failed',
      task('critical', { failure }),
      'critical',
      'seen. The last run failed (timeout): too slow',
    ],
    ['ok three intervals ago', task('ok', { lastSuccess: now - 180_000 }), 'ok', 'OK, seen'],
    ['ok longer ago than that', task('ok', { lastSuccess: now - 180_001 }), 'no_data', 'seen'],
  ])('%s', (_, given, state, text) => {
    expect(judgementsOf(given, circumstancesAt(now, []))('acme')).toEqual({ state, text });
  });

  it('says what the reading foresees, from that instant on', () => {
    const later = { from: now + 1, state: 'ok', text: 'seen, old by now' } as const;
    const status = { company: 'acme', state: 'warning', text: 'seen', later } as const;
    const reading = { samples: [], statuses: [status], records: [], truncated: false, notes: [] };
    const at = (instant: number) =>
      judgementsOf(task('ok', { reading }), circumstancesAt(instant, []))('acme');
    expect(at(now)).toEqual({ state: 'warning', text: 'seen' });
    expect(at(now + 1)).toEqual({ state: 'ok', text: 'OK, seen, old by now' });
  });

  it('says maintenance before anything else, at the company that it covers alone', () => {
    const judgement = judgementsOf(task('critical', { failure }), circumstancesAt(now, [window]));
    expect([judgement('acme').state, judgement('globex').state]).toEqual(['maintenance', 'no_data']);
    const later = circumstancesAt(now, [{ ...window, isActive: () => false }]);
    expect(judgementsOf(task('critical'), later)('acme').state).toBe('critical');
  });
});

describe('erp_monitor_state', () => {
  it('is a whole set, of which one is 1', () => {
    const lines = renderLive({ tasks: [task('warning')], maintenance: [], environment: '' }, now)
      .split('\n')
      .filter((line) => line.startsWith('erp_monitor_state{'));
    expect(lines).toEqual(
      monitorStates.map(
        (state) =>
          `erp_monitor_state{company="acme",flow="orders",monitor="web_orders",state="${state}"} ${state === 'warning' ? 1 : 0}`,
      ),
    );
  });
});
