import { describe, expect, it } from 'vitest';
import { columnTypes } from '../../../src/monitors/shared/column-types.ts';
import { readRows } from '../../../src/monitors/shared/columns.ts';
import { companyColumn } from '../../../src/monitors/shared/row-companies.ts';
import type { Cells } from '../../../src/monitors/shared/cells.ts';
import { always } from '../../../src/calendar/calendar.ts';
import type { Database, RowObserver } from '../../../src/databases/contract.ts';
import type { Row, Value } from '../../../src/databases/values.ts';
import { RunError } from '../../../src/monitors/contract.ts';
import type { MonitorQuery, RunContext } from '../../../src/monitors/contract.ts';
import { Notes } from '../../../src/monitors/shared/notes.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { MemoryDatabase, hour, now, today } from '../run.ts';
import type { Rows } from '../run.ts';

const query: MonitorQuery = {
  key: 'failed',
  database: 'shop',
  sql: 'Q :today',
  columns: [
    { name: 'value', types: columnTypes.text, required: true, description: 'a value' },
    { name: 'extra', types: columnTypes.text, required: false, description: 'another' },
    companyColumn,
  ],
};

function runOn(database: MemoryDatabase, overrides: Partial<RunContext<unknown>> = {}): RunContext<unknown> {
  return {
    settings: {},
    companies: ['acme'],
    ignoredCompanies: [],
    criticality: 'normal',
    database: () => database as unknown as Database,
    calendar: always,
    now,
    today: () => today,
    timezone: () => 'Europe/Brussels',
    recordUrl: () => '',
    classify: () => ({ error: 'none', category: 'unknown', known: false, responder: '', retryWaitMs: 0 }),
    noteErrors: () => new Map(),
    state: createMonitorStates(undefined, () => {}).open('test', '', now),
    signal: new AbortController().signal,
    pending: (_, work) => work(),
    maxRows: 100,
    maxBytes: 67_108_864,
    timeoutMs: 1_234,
    intervalMs: 60_000,
    longTasks: 1,
    ...overrides,
  };
}

/** Reads rows and hands out what `read` makes of each, by company. */
async function read<T>(
  rows: Rows,
  take: (row: Cells) => T,
  overrides: Partial<RunContext<unknown>> = {},
  tell?: (observer: RowObserver) => void,
) {
  const database = new MemoryDatabase({ [query.sql]: rows }, tell);
  const notes = new Notes();
  const values: [string, T][] = [];
  const end = await readRows(runOn(database, overrides), query, notes, (row, company) =>
    values.push([company, take(row)]),
  );
  return { database, values, notes: notes.toArray(), ...end };
}

/** What one getter makes of one value. */
async function get<T>(value: Value, take: (row: Cells) => T): Promise<T> {
  const { values } = await read([{ value }], take);
  expect(values).toHaveLength(1);
  return values[0]?.[1] as T;
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RunError);
  expect(error).toMatchObject({ reason: 'columns' });
  return (error as RunError).message;
}

describe('readRows', () => {
  it('binds company, now and today, and asks for one row more than it takes', async () => {
    const signal = new AbortController().signal;
    const { database } = await read([], () => null, { signal });
    expect(database.asked).toEqual([
      {
        sql: 'Q :today',
        parameters: { company: 'acme', now: new Date(now), today: new Date(today) },
        options: { signal, maxRows: 101, timeoutMs: 1_234, observer: expect.anything() as unknown },
      },
    ]);
  });

  it('binds no company in a run of several, and the earliest of their days', async () => {
    const { database, notes } = await read([], () => null, {
      companies: ['acme', 'zenith'],
      today: (company) => (company === 'acme' ? today + hour : today),
    });
    expect(database.asked[0]?.parameters).toEqual({ now: new Date(now), today: new Date(today) });
    expect(notes).toEqual([
      'failed: the days of the companies start at different times; :today is the earliest start.',
    ]);
  });

  it('takes exactly as many rows as it may, and says whether there were more', async () => {
    const rows = Array.from({ length: 101 }, (_, value) => ({ value }));
    const all = await read(rows.slice(0, 100), (row) => row.text('value'));
    expect(all).toMatchObject({ truncated: false, rows: 100 });
    const cut = await read(rows, (row) => row.text('value'));
    expect(cut).toMatchObject({ truncated: true, rows: 100 });
    expect(cut.values).toHaveLength(100);
    expect(cut.database.ended).toBe(1);
  });

  it('ends when the rows take more bytes than it may read, and says so', async () => {
    const rows = Array.from({ length: 10 }, () => ({ value: 'x'.repeat(1000), extra: new Uint8Array(1000) }));
    const cut = await read(rows, () => null, { maxBytes: 5_000 });
    expect(cut).toMatchObject({ truncated: true, rows: 3 });
    expect(cut.database.ended).toBe(1);
    expect(cut.notes).toEqual(['failed: reading ended after 3 rows, which are longer than max_bytes 5000.']);
    expect(await read(rows, () => null, { maxBytes: 20_000 })).toMatchObject({
      truncated: false,
      rows: 10,
      notes: [],
    });
  });

  it('refuses columns of the same name when it reads them, and notes them when it does not', async () => {
    const columns =
      (...names: string[]) =>
      (observer: RowObserver) =>
        observer.columns(names);
    expect(await failure(read([{ value: 2 }], () => null, {}, columns('value', 'value')))).toBe(
      'failed: returns the column "value" 2 times; name each otherwise with AS',
    );
    const { notes } = await read([{ value: 2, id: 3 }], () => null, {}, columns('id', 'value', 'id', 'id'));
    expect(notes).toEqual(['failed: the result has several columns called id; none is read.']);
  });

  it('misses a column though there is no row', async () => {
    const message = await failure(
      read(
        [],
        () => null,
        {},
        (observer) => observer.columns(['valeu']),
      ),
    );
    expect(message).toContain(
      'failed: returns no column "value" (a value); add it with AS value; it returns valeu;',
    );
  });

  it('notes the cells of its columns that are not as they are stored', async () => {
    const tell = (observer: RowObserver): void => {
      observer.columns(['VALUE', 'other']);
      for (const column of ['VALUE', 'VALUE', 'other']) observer.oddCell(column, 'cut');
      observer.oddCell('VALUE', 'encoding');
      observer.oddCell('VALUE', 'unreadable');
    };
    expect((await read([{ VALUE: 'x', other: 'y' }], () => null, {}, tell)).notes).toEqual([
      'failed: column VALUE holds more than 1 MiB, of which the beginning was read (2 rows).',
      'failed: column VALUE holds bytes that are no text in the encoding of the database, which were read as \uFFFD (1 row).',
      'failed: column VALUE holds a value that cannot be read, which was read as NULL (1 row).',
    ]);
  });

  it.each(['294276-12-31 00:00:00', '0044-03-15 BC', '0000-00-00', '12026-01-01'])(
    'reads the date %s, which no instant can hold, as NULL with a note, as an instant and as a number',
    async (value) => {
      const { values, notes } = await read([{ value }], (row) => [row.instant('value'), row.number('value')]);
      expect(values).toEqual([['acme', [null, null]]]);
      expect(notes).toEqual([
        `failed: column value holds a date out of range, which was read as NULL (2 rows: ${value}).`,
      ]);
    },
  );

  it('finds columns whatever their case', async () => {
    const { values } = await read([{ VALUE: 'a', Extra: 'b' }], (row) => [
      row.text('value'),
      row.text('extra'),
      row.has('extra'),
    ]);
    expect(values).toEqual([['acme', ['a', 'b', true]]]);
  });

  it('reads an absent column as NULL, and never a nameless one', async () => {
    const { values } = await read([{ value: 1, '': 'nameless' }], (row) => [
      row.has('extra'),
      row.text('extra'),
      row.value('extra'),
      row.instant('extra'),
      row.decimal('extra'),
      row.number('extra'),
      row.boolean('extra'),
    ]);
    expect(values).toEqual([['acme', [false, '', null, null, null, null, null]]]);
  });

  it('names a required column that is missing and those that are there', async () => {
    expect(await failure(read([{ order_number: 1, since: 2 }], () => null))).toBe(
      'failed: returns no column "value" (a value); add it with AS value; it returns order_number, since; ' +
        'optional: extra, company',
    );
  });

  it('refuses two columns of one name', async () => {
    expect(await failure(read([{ value: 1, Value: 2 }], () => null))).toBe(
      'failed: returns the column "value" 2 times; name each otherwise with AS',
    );
  });

  const ofCompanies: Row[] = [
    { company: 'acme  ', value: 1 },
    { company: 'zenith', value: 2 },
    { company: 'other', value: 3 },
    { company: null, value: 4 },
    { company: 998, value: 5 },
  ];

  it('tells companies apart by the column company, and leaves out those that are ignored', async () => {
    const several = await read(ofCompanies, (row) => row.text('value'), {
      companies: ['acme', 'zenith', '998'],
      ignoredCompanies: ['other', ''],
    });
    expect(several.values).toEqual([
      ['acme', '1'],
      ['zenith', '2'],
      ['998', '5'],
    ]);
    expect(several.notes).toEqual([]);
    const one = await read(ofCompanies, (row) => row.text('value'), {
      ignoredCompanies: ['zenith', 'other', '', '998'],
    });
    expect(one.values).toEqual([['acme', '1']]);
  });

  const advice =
    "Return the name that the company has under companies (CASE company_id WHEN 1 THEN 'acme' END AS company), " +
    'filter the rows, or list what is left out on purpose in ignore_companies';

  it.each<[string, Row[], string]>([
    [
      'another case',
      [{ company: 'ACME', value: 1 }],
      '1 row belongs to …: column company holds "ACME"; expected "acme"',
    ],
    [
      'white space before',
      [{ company: ' acme', value: 1 }],
      '1 row belongs to …: column company holds " acme"; expected "acme"',
    ],
    ['a number', [{ company: 1, value: 1 }], '1 row belongs to …: column company holds "1"; expected "acme"'],
    ['NULL', [{ company: null, value: 1 }], '1 row belongs to …: column company holds NULL; expected "acme"'],
    [
      'a stranger among others',
      ofCompanies,
      '4 rows belong to …: column company holds "zenith", "other", NULL, "998"; expected "acme"',
    ],
    [
      'more than it can name',
      Array.from({ length: 100 }, (_, at) => ({ company: `${at}-${'x'.repeat(1000)}`, value: at })),
      `100 rows belong to …: column company holds ${[0, 1, 2, 3, 4].map((at) => `"${at}-${'x'.repeat(37)}…"`).join(', ')}, …; expected "acme"`,
    ],
  ])('fails when a row belongs to a company that is not served: %s', async (_, rows, message) => {
    const whole = message.replace('…:', 'companies that this monitor does not serve:');
    expect(await failure(read(rows, () => null))).toBe(`failed: ${whole}. ${advice}`);
  });

  it('fails so too when there are more rows than it may read', async () => {
    const rows = [
      { company: 'ACME', value: 1 },
      ...Array.from({ length: 200 }, () => ({ company: 'acme', value: 2 })),
    ];
    expect(await failure(read(rows, () => null))).toContain('holds "ACME"; expected "acme"');
  });

  it('requires the column company in a run of several', async () => {
    expect(await failure(read([{ value: 1 }], () => null, { companies: ['acme', 'zenith'] }))).toBe(
      'failed: serves several companies in one run, but returns no column "company"; add it, or use :company to run once for each',
    );
  });
});

describe('text', () => {
  it.each<[Value, string]>([
    [null, ''],
    ['10045   ', '10045'],
    [' a\tb\n"c" ', ' a\tb\n"c"'],
    [10045, '10045'],
    [12345678901234567890n, '12345678901234567890'],
    [true, 'true'],
    [new Date(now), '2026-11-21T10:00:00.000Z'],
  ])('makes of %s the text %j', async (value, expected) => {
    expect(await get(value, (row) => row.text('value'))).toBe(expected);
  });

  it('refuses bytes', async () => {
    expect(await failure(get(new Uint8Array(16), (row) => row.text('value')))).toBe(
      "failed: column value should hold a text but holds 16 bytes: turn it into text with encode(…, 'hex'), HEX(…) or CONVERT(varchar(max), …, 2), whichever the server has",
    );
  });
});

describe('instant', () => {
  it.each<[Value, number | null]>([
    [null, null],
    [new Date(now), now],
    [1_763_719_200, 1_763_719_200_000],
    [1_763_719_200.5, 1_763_719_200_500],
    [1_763_719_200n, 1_763_719_200_000],
    ['1763719200.123456', 1_763_719_200_123],
    ['2026-11-21T10:00:00Z', now],
    ['2026-11-21 11:00:00.000+01:00', now],
    ['2026-11-21 11:00+01', now],
    ['2026-11-21T05:30:00-0430', now],
  ])('makes of %s the instant %s', async (value, expected) => {
    expect(await get(value, (row) => row.instant('value'))).toBe(expected);
  });

  it.each<Value>([
    new Date('0001-01-01T00:00:00Z'),
    new Date('1752-12-31T23:42:30Z'),
    new Date('1753-01-01T00:00:00Z'),
    new Date('1899-12-30T00:00:00Z'),
    new Date('1900-01-01T00:00:00Z'),
    new Date('1969-12-31T23:00:00Z'),
    new Date('1970-01-01T00:00:00Z'),
    new Date('9999-12-31T23:59:59Z'),
    '0001-01-01T00:00:00Z',
    '1900-01-01 00:00:00+01:00',
  ])('takes %s for no date, without a word', async (value) => {
    const { values, notes } = await read([{ value }], (row) => row.instant('value'));
    expect(values).toEqual([['acme', null]]);
    expect(notes).toEqual([]);
  });

  it.each<[Value, string]>([
    [new Date(Number.NaN), '1 row'],
    ['0044-03-15 BC', '1 row: 0044-03-15 BC'],
    ['0044-03-15 12:00:00+00 BC', '1 row: 0044-03-15 12:00:00+00 BC'],
    ['12026-11-21 10:00:00', '1 row: 12026-11-21 10:00:00'],
  ])('leaves out %s, which no instant can hold, with a note', async (value, rows) => {
    const { values, notes } = await read([{ value }], (row) => row.instant('value'));
    expect(values).toEqual([['acme', null]]);
    expect(notes).toEqual([
      `failed: column value holds a date out of range, which was read as NULL (${rows}).`,
    ]);
  });

  const textHint =
    'a text without an offset does not say which zone it is in; CAST it to a timestamp, or return the column itself';
  const epochHint =
    'a number must be seconds since 1970; divide milliseconds by 1000, turn 0 into NULL with NULLIF(…, 0)';
  it.each<[string, Value, string]>([
    ['a text without a zone', '2026-11-21 11:00:00', `the text "2026-11-21 11:00:00": ${textHint}`],
    ['no date at all', '2026-13-45T99:00:00Z', `the text "2026-13-45T99:00:00Z": ${textHint}`],
    ['a long text', 'x'.repeat(1_000_000), `the text "${'x'.repeat(39)}…": ${textHint}`],
    ['0', 0, `the number 0: ${epochHint}`],
    ['milliseconds', 1_763_719_200_000, `the number 1763719200000: ${epochHint}`],
    ['a date as a number', 20261121, `the number 20261121: ${epochHint}`],
    ['NaN', Number.NaN, `the number NaN: ${epochHint}`],
    ['a boolean', true, `the boolean true: ${epochHint}`],
  ])('refuses %s', async (_, value, expected) => {
    expect(await failure(get(value, (row) => row.instant('value')))).toBe(
      `failed: column value should hold an instant but holds ${expected}`,
    );
  });
});

describe('decimal and number', () => {
  it.each<[Value, string | null, number | null]>([
    [null, null, null],
    ['12.50', '12.50', 12.5],
    ['9007199254740993', '9007199254740993', 9007199254740992],
    [9007199254740993n, '9007199254740993', 9007199254740992],
    [0.1, '0.1', 0.1],
    [1e21, '1e+21', 1e21],
    [-0, '0', 0],
  ])('make of %s the decimal %s and the number %s', async (value, decimal, number) => {
    expect(await get(value, (row) => row.decimal('value'))).toBe(decimal);
    expect(await get(value, (row) => row.number('value'))).toBe(number);
  });

  it.each<Value>([Number.NaN, Number.POSITIVE_INFINITY, 'NaN', '-Infinity'])(
    'read %s as NULL',
    async (value) => {
      const { values, notes } = await read([{ value }], (row) => row.number('value'));
      expect(values).toEqual([['acme', null]]);
      expect(notes).toEqual(['failed: column value holds no finite number and was read as NULL (1 row).']);
    },
  );

  it.each(['1.234,56', '', 'twelve'])('refuse the text %j', async (value) => {
    expect(await failure(get(value, (row) => row.decimal('value')))).toBe(
      `failed: column value should hold a number but holds the text "${value}": ` +
        'write it with a decimal point and without thousands separators',
    );
  });

  it('a number may be a boolean, a figure an instant too, an amount neither', async () => {
    expect(await get(true, (row) => row.number('value'))).toBe(1);
    expect(await get(true, (row) => row.figure('value'))).toBe(1);
    expect(await get(new Date(now), (row) => row.figure('value'))).toBe(now / 1000);
    expect(await failure(get(new Date(now), (row) => row.number('value')))).toContain(
      'holds the instant 2026',
    );
    expect(await failure(get(true, (row) => row.decimal('value')))).toContain('holds the boolean true');
    expect(await failure(get(new Date(now), (row) => row.decimal('value')))).toContain(
      'holds the instant 2026',
    );
  });
});

describe('boolean', () => {
  it.each<[Value, boolean | null]>([
    [null, null],
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    ['Y  ', true],
    ['n', false],
    ['t', true],
    ['False', false],
    [1n, true],
  ])('makes of %s %s', async (value, expected) => {
    expect(await get(value, (row) => row.boolean('value'))).toBe(expected);
  });

  it.each<Value>([2, 'maybe', new Date(now), new Uint8Array(1)])('refuses %s', async (value) => {
    expect(await failure(get(value, (row) => row.boolean('value')))).toMatch(
      /^failed: column value should hold a boolean but holds .*: select true or false, 1 or 0, Y or N$/,
    );
  });
});
