import { describe, expect, it } from 'vitest';
import { goalsTable, isMet } from '../../bench/goals.ts';
import type { Goal } from '../../bench/goals.ts';

const goal = (limit: Goal['limit'], measured: readonly number[]): Goal => ({
  what: 'w',
  unit: '×',
  limit,
  measured,
});

describe('isMet', () => {
  it('judges the median, and rounds nothing', () => {
    expect(isMet(goal({ atLeast: 3 }, [1, 3, 9]))).toBe(true);
    expect(isMet(goal({ atLeast: 3 }, [1, 2.999999, 9]))).toBe(false);
    expect(isMet(goal({ atMost: 0 }, [0]))).toBe(true);
    expect(isMet(goal({ atMost: 0 }, [1]))).toBe(false);
  });

  it('is not met by what could not be measured', () => {
    expect(isMet(goal({ atLeast: 0 }, [NaN]))).toBe(false);
    expect(isMet(goal({ atMost: 1 }, [NaN]))).toBe(false);
  });
});

describe('goalsTable', () => {
  it('says pass or missed beside what was promised and measured', () => {
    const [, , met, missed] = goalsTable([
      goal({ atLeast: 50 }, [60, 40, 55]),
      goal({ atMost: 1.1 }, [1.2]),
    ]).split('\n');
    expect(met).toMatch(/≥ 50 × \| +55 \| +40 \| +60 \| +pass \|$/);
    expect(missed).toMatch(/≤ 1.1 × \| +1.20 \| +1.20 \| +1.20 \| +\*\*missed\*\* \|$/);
  });
});
