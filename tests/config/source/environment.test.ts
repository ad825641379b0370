import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { expandEnvironment } from '../../../src/config/source/environment.ts';

const never = () => false;

describe('expandEnvironment', () => {
  it('puts any text in place of a variable, and lets nothing of it become structure', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const data: unknown = parse('a: { b: "x${V}y${V}", c: [1, true, null] }');
        const expansion = expandEnvironment(data, { V: value }, never);
        expect(expansion.data).toEqual({ a: { b: `x${value}y${value}`, c: [1, true, null] } });
        expect(expansion.problems).toEqual([]);
      }),
    );
  });

  it('does not look into what it has put in', () => {
    expect(expandEnvironment('${A}', { A: '${B} $& $1 $${C}', B: 'b' }, never).data).toBe('${B} $& $1 $${C}');
  });

  it('knows ${NAME} alone, and $${ for a literal ${', () => {
    const text = '$A $1 $$ $(A) ${} ${A-B} ${A:-b} ${1} {A} $${A} $$${A}';
    expect(expandEnvironment(text, { A: 'a' }, never).data).toBe(
      '$A $1 $$ $(A) ${} ${A-B} ${A:-b} ${1} {A} ${A} $${A}',
    );
  });

  it('takes an empty variable for what it is, and reports one that is not set', () => {
    const { data, problems } = expandEnvironment({ a: ['${EMPTY}', '${NONE}'] }, { EMPTY: '' }, never);
    expect(data).toEqual({ a: ['', '${NONE}'] });
    expect(problems.map(({ path }) => path)).toEqual([['a', 1]]);
  });

  it('leaves keys and verbatim paths as they are', () => {
    const data = { '${A}': '${A}', sql: '${A} $${A}' };
    const { data: expanded } = expandEnvironment(data, { A: 'a' }, ([key]) => key === 'sql');
    expect(expanded).toEqual({ '${A}': 'a', sql: '${A} $${A}' });
  });
});
