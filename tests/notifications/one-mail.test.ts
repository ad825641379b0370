import fc from 'fast-check';
import { expect, it } from 'vitest';
import { routesOf } from '../../src/notifications/matching.ts';
import { oneMailEach } from '../../src/notifications/one-mail.ts';
import { isIn, isNotIn, nobody } from '../../src/notifications/route.ts';
import type { Matcher, Route } from '../../src/notifications/route.ts';
import { casesOf } from '../helpers/nightly.ts';

const hour = 3_600_000;
const labels = ['company', 'severity', 'responder'] as const;
const values = ['a', 'b', ''] as const;

const anyMatcher: fc.Arbitrary<Matcher> = fc
  .tuple(fc.constantFrom(...labels), fc.boolean(), fc.subarray([...values], { minLength: 1, maxLength: 2 }))
  .map(([label, negated, wanted]) => (negated ? isNotIn(label, wanted) : isIn(label, wanted)));
const receiver = fc.constantFrom('x', 'y', 'z');

function route(change: Partial<Route>): Route {
  return { origin: 'rule', receiver: nobody, matchers: [], continues: false, routes: [], ...change };
}

const anySection: fc.Arbitrary<Route> = fc
  .record({
    matchers: fc.array(anyMatcher, { maxLength: 3 }),
    repeatMs: fc.constantFrom(hour, 2 * hour),
    leaves: fc.array(fc.record({ receiver, matchers: fc.array(anyMatcher, { maxLength: 2 }) }), {
      maxLength: 3,
    }),
    plain: fc.option(receiver),
  })
  .map(({ leaves, plain, ...section }) =>
    route({
      ...section,
      receiver: plain ?? nobody,
      routes: plain === null ? leaves.map((leaf) => route({ ...leaf, continues: true })) : [],
    }),
  );
const anyAlert = fc.record({
  company: fc.constantFrom('a', 'b', 'c'),
  severity: fc.constantFrom('a', 'b', 'c'),
  responder: fc.constantFrom('a', 'b', 'c'),
});

/** Who gets an alert by these routes, and how often it is repeated to each; once for each, however many routes there are. */
function recipients(sections: readonly Route[], alert: Readonly<Record<string, string>>): readonly string[] {
  const root = route({ routes: sections });
  const taken = routesOf({ receivers: [], root, byRule: root }, alert);
  const repeats = taken.map((each) => {
    const section = sections.find((one) => one === each || one.routes.includes(each));
    return `${each.receiver} ${each.receiver === nobody ? '' : (section?.repeatMs ?? 0)}`;
  });
  return [...new Set(repeats)].sort();
}

it('changes nothing about who gets which alert, and how often', () => {
  fc.assert(
    fc.property(
      fc.array(anySection, { maxLength: 5 }),
      fc.array(anyAlert, { minLength: 1, maxLength: 9 }),
      (sections, alerts) => {
        const changed = oneMailEach(sections);
        for (const alert of alerts) expect(recipients(changed, alert)).toEqual(recipients(sections, alert));
      },
    ),
    { numRuns: casesOf(2000) },
  );
});

it('leaves the routes as they are where nobody would get two mails of one company', () => {
  const sections = [
    route({ matchers: [isIn('company', ['a'])], receiver: 'x', repeatMs: hour }),
    route({ matchers: [isIn('company', ['b'])], receiver: 'x', repeatMs: hour }),
    route({ receiver: 'y', repeatMs: hour }),
  ];
  expect(oneMailEach(sections)).toEqual(sections);
});

it('gathers what comes by two rules in one route, in front', () => {
  const critical = route({
    origin: 'notify[0]',
    matchers: [isIn('severity', ['critical'])],
    receiver: 'x',
    repeatMs: hour,
  });
  const rest = route({
    origin: 'default',
    matchers: [isIn('responder', ['it'])],
    receiver: 'x',
    repeatMs: hour,
  });
  const [first, ...others] = oneMailEach([critical, rest]);
  expect(first).toMatchObject({
    receiver: 'x',
    origin: 'one mail of notify[0] and default',
    continues: true,
    repeatMs: hour,
    routes: [
      {
        receiver: nobody,
        takesAway: true,
        matchers: [isNotIn('severity', ['critical']), isNotIn('responder', ['it'])],
      },
    ],
  });
  expect(others.map((each) => each.receiver)).toEqual([nobody, nobody]);
});
