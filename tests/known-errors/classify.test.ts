import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../src/known-errors/classify.ts';
import { catalogueOf } from './entries.ts';
import type { Given } from './entries.ts';

const shipped: readonly Given[] = [
  {
    id: 'rate-limit',
    category: 'rate_limit',
    responder: 'web_agency',
    codes: ['http:429'],
    patterns: ['too many'],
  },
  { id: 'locked', category: 'locked', codes: ['mysql:1205', 'mssql:1222'], patterns: ['locked by'] },
  { id: 'deadlock', category: 'locked', codes: ['mssql:1205', 'sqlstate:40P01'], patterns: ['deadlock'] },
  {
    id: 'closed-period',
    category: 'closed_period',
    patterns: ['posting date is not within', 'locked period'],
  },
  {
    id: 'duplicate',
    category: 'duplicate',
    codes: ['http:409', 'sqlstate:23505'],
    patterns: ['already exists'],
  },
  { id: 'expired', category: 'auth', responder: 'it', patterns: ['token expired'] },
  { id: 'refused', category: 'auth', responder: 'it', codes: ['http:401', 'http:403'] },
  { id: 'any-order', category: 'validation', patterns: ['order'] },
  { id: 'server-error', category: 'connectivity', codes: ['http:500', 'http:503'] },
];

function idsOf(own: readonly Given[] = []) {
  const { classify } = createClassifier(catalogueOf(shipped, own));
  return (message: string, code = '', flow = 'orders') => classify({ message, code, flow }).error;
}

describe('the passes', () => {
  const id = idsOf();

  it('try wide patterns where no pattern of any entry matches, before weak codes', () => {
    const { classify } = createClassifier(
      catalogueOf([
        { id: 'rule', wide: ['cannot be'] },
        { id: 'stock', patterns: ['not in stock'], wide: ['quantity'] },
        { id: 'server', codes: ['http:500'] },
      ]),
    );
    const error = (message: string) => classify({ message, code: '', flow: '' }).error;
    expect(error('Order 7 cannot be shipped: not in stock')).toBe('stock');
    expect(error('HTTP 500: the quantity cannot be shipped')).toBe('rule');
    expect(error('HTTP 500: quantity 7')).toBe('stock');
    expect(error('HTTP 500: something else')).toBe('server');
  });

  it('read names as words, after the text as it stands', () => {
    expect(id('DOCUMENT__ALREADY_EXISTS')).toBe('duplicate');
    expect(id('TokenExpiredException')).toBe('expired');
    expect(id('Posting+Date+is+not+within+range')).toBe('closed-period');
  });

  it('believe a strong code before any text', () => {
    expect(id('Order 7 already exists', 'mssql:1205')).toBe('deadlock');
    expect(id('Order 7: SQLSTATE[40P01]')).toBe('deadlock');
  });

  it('believe a text before a weak code, as ERPs wrap business errors in HTTP 500', () => {
    expect(id('HTTP 500: Posting Date is not within your range of allowed posting dates')).toBe(
      'closed-period',
    );
    expect(id('Posting date is not within the range', '500')).toBe('closed-period');
    expect(id('Something went wrong', '500')).toBe('server-error');
    expect(id('HTTP 409 Conflict')).toBe('duplicate');
  });

  it('believe a text before a status that refuses a call, and the status when the text says nothing', () => {
    expect(id('access token expired', 'http:401')).toBe('expired');
    expect(id('HTTP 403: too many calls')).toBe('rate-limit');
    for (const code of ['http:401', '403', 'HTTP 401'])
      expect(id('Something went wrong', code)).toBe('refused');
    expect(id('Something went wrong: HTTP 403')).toBe('refused');
    expect(id('403 things went wrong')).toMatch(/^unknown-/);
    expect(id('HTTP 403: SQLSTATE[40P01]')).toBe('deadlock');
  });

  it('let the first entry win, of those with a code as of those with a text', () => {
    expect(id('the order already exists')).toBe('duplicate');
    expect(id('the order is locked by a locked period')).toBe('locked');
    expect(id('SQLSTATE 40P01 then HTTP 429')).toBe('rate-limit');
  });

  it('keep the namespaces of codes apart', () => {
    expect(id('', 'mssql:1205')).toBe('deadlock');
    expect(id('', 'mysql:1205')).toBe('locked');
    expect(id('', '1205')).toMatch(/^unknown-/);
  });

  it('read a code without a namespace as the status of HTTP when it is one', () => {
    expect(id('', '429')).toBe('rate-limit');
  });

  it('look for words in a code that they do not know', () => {
    expect(id('', 'DEADLOCK_VICTIM')).toBe('deadlock');
    expect(id('See the log', 'TOO MANY CALLS')).toBe('rate-limit');
  });

  it('see both ends of a long text', () => {
    expect(id(`deadlock ${'x'.repeat(100_000)}`)).toBe('deadlock');
    expect(id(`${'x'.repeat(100_000)} deadlock`)).toBe('deadlock');
    expect(id(`${'x'.repeat(100_000)} deadlock ${'x'.repeat(100_000)}`)).toMatch(/^unknown-/);
  });
});

/** A trace of Python far longer than 4 kB, that ends in one line. */
const pythonTrace = (last: string, frames = 400) =>
  `Traceback (most recent call last):\n${Array.from({ length: frames }, (_, i) => `  File "/opt/m${i}.py", line ${i}, in write\n    super().write(order, token)`).join('\n')}\n${last}`;

describe('a stack trace', () => {
  const id = idsOf();

  it('is what its telling line says, wherever that stands', () => {
    expect(id(pythonTrace('psycopg2.errors.DeadlockDetected: deadlock detected'))).toBe('deadlock');
    expect(id(pythonTrace('requests.exceptions.HTTPError: 401 Client Error: Gone for url: x'))).toBe(
      'refused',
    );
  });

  it('is not what its frames say', () => {
    const trace = `Error: the pallet is full\n    at lockedBy (/app/locked by/order.js:409:1)\n    at deadlock (/app/deadlock.js:1:2)`;
    expect(id(trace)).toMatch(/^unknown-/);
  });

  it('is what its innermost cause says, else what the exceptions around it say', () => {
    const java = (cause: string) =>
      `acme.ExportException: order 7 was not exported: in a locked period\n\tat acme.Export.run(Export.java:1)\nCaused by: ${cause}\n\tat acme.Call.run(Call.java:2)`;
    expect(id(java('java.sql.SQLException: deadlock'))).toBe('deadlock');
    expect(id(java('acme.Oops: gone'))).toBe('closed-period');
    expect(id(java('acme.Oops: HTTP 500'))).toBe('closed-period');
  });

  it('of an unknown error shares its class with others that end in the same line, and with no more', () => {
    const [one, deeper, other] = [
      pythonTrace('acme.GridError: depot 7 is unlit'),
      pythonTrace('acme.GridError: depot 9 is unlit', 900),
      pythonTrace('acme.GridError: depot 7 is flooded'),
    ].map((text) => id(text));
    expect(one).toMatch(/^unknown-/);
    expect(deeper).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('own entries', () => {
  it('come first, with their texts before the codes of shipped ones', () => {
    const id = idsOf([{ id: 'sandbox', patterns: ['sandbox'] }]);
    expect(id('HTTP 429 from the sandbox')).toBe('sandbox');
    expect(id('HTTP 429')).toBe('rate-limit');
  });

  it('do not take with a weak code what a shipped text knows', () => {
    const id = idsOf([{ id: 'our-500', codes: ['http:500'] }]);
    expect(id('HTTP 500: locked period')).toBe('closed-period');
    expect(id('HTTP 500')).toBe('our-500');
  });

  it('replace a shipped entry of the same id', () => {
    const { classify } = createClassifier(
      catalogueOf(shipped, [
        { id: 'deadlock', responder: 'it', category: 'platform', patterns: ['gridlock'] },
      ]),
    );
    expect(classify({ message: 'gridlock', code: '', flow: '' })).toEqual({
      error: 'deadlock',
      category: 'platform',
      known: true,
      responder: 'it',
      retryWaitMs: 0,
    });
    expect(classify({ message: 'deadlock', code: '', flow: '' }).known).toBe(false);
  });

  it('can be limited to flows', () => {
    const id = idsOf([{ id: 'card-locked', flows: ['payments', 'refunds'], patterns: ['locked by'] }]);
    expect(id('locked by Jan', '', 'payments')).toBe('card-locked');
    expect(id('locked by Jan', '', 'refunds')).toBe('card-locked');
    expect(id('locked by Jan', '', 'orders')).toBe('locked');
  });
});

describe('a retry', () => {
  it('is waited for by category, where the entry says that it helps', () => {
    const wait = (entry: { category: 'locked' | 'email' | 'platform'; retryable: boolean }) =>
      createClassifier(catalogueOf([], [{ id: 'own', patterns: ['oops'], ...entry }])).classify({
        message: 'oops',
        code: '',
        flow: '',
      }).retryWaitMs;
    expect(wait({ category: 'locked', retryable: true })).toBe(600_000);
    expect(wait({ category: 'email', retryable: true })).toBe(1_800_000);
    expect(wait({ category: 'platform', retryable: true })).toBe(900_000);
    expect(wait({ category: 'locked', retryable: false })).toBe(0);
  });
});

describe('an unknown error', () => {
  const { classify, match } = createClassifier(catalogueOf(shipped));

  it('has a fingerprint, no responder, and nothing that matches', () => {
    const failure = { message: 'Rule 12 refused "X"', code: '', flow: 'orders' };
    expect(classify(failure)).toEqual({
      error: expect.stringMatching(/^unknown-[0-9a-f]{12}$/) as string,
      category: 'unknown',
      known: false,
      responder: '',
      retryWaitMs: 0,
    });
    expect(match(failure)).toBeUndefined();
  });

  it('is of another class in another flow', () => {
    const classes = ['orders', 'payments', 'orders'].map(
      (flow) => classify({ message: 'Oops', code: '', flow }).error,
    );
    expect(classes[0]).toBe(classes[2]);
    expect(classes[0]).not.toBe(classes[1]);
  });
});

it('says by what an entry was found', () => {
  const { match } = createClassifier(catalogueOf(shipped));
  expect(match({ message: 'in a locked period', code: '', flow: '' })).toMatchObject({
    entry: { id: 'closed-period' },
    by: { pattern: 'locked period' },
  });
  expect(match({ message: 'HTTP 429', code: '', flow: '' })).toMatchObject({ by: { code: 'http:429' } });
});

it('answers the same whether it remembers or not', () => {
  const { classify } = createClassifier(catalogueOf(shipped));
  const part = fc.constantFrom(
    'HTTP 500 ',
    'deadlock ',
    'order ',
    'locked by ',
    '429',
    'x ',
    'sqlstate 23505 ',
  );
  const failure = fc.record({
    message: fc.array(part).map((parts) => parts.join('')),
    code: fc.constantFrom('', '429', 'mssql:1205'),
    flow: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(failure, (given) => {
      const first = classify(given);
      expect(classify(given)).toEqual(first);
      expect(createClassifier(catalogueOf(shipped)).classify(given)).toEqual(first);
    }),
  );
});
