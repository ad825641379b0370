import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { KnownVisitor, Right, StatusPage } from '../../../src/config/config.ts';
import { MetricsBody } from '../../../src/metrics/body.ts';
import { createApp } from '../../../src/web/app.ts';
import { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { StatusBoard } from '../../../src/web/status/board.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { inEachLanguage } from '../status/page.ts';
import { minute, now } from '../world.ts';
import { found, knownErrors, letters, planted, plantedTasks } from './planted.ts';
import type { Field, Letter, Shape } from './planted.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

/** Somebody of a generated configuration, who comes with a token of that name. */
interface User {
  readonly sees: readonly Letter[];
  readonly rights: readonly Right[];
}

interface World extends Shape {
  readonly users: readonly User[];
  /** Whose flows the public view shows. */
  readonly shown: readonly Letter[];
}

const some = fc.subarray([...letters], { minLength: 1 });
const worlds: fc.Arbitrary<World> = fc
  .record({
    groups: fc.array(some, { minLength: 1, maxLength: 2 }),
    isFailing: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    users: fc.array(
      fc.record({
        sees: some,
        rights: fc.subarray<Right>(['page', 'records', 'sql', 'refresh', 'metrics'], { minLength: 1 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    shown: fc.subarray([...letters]),
  })
  // Each company has monitors of its own, too.
  .map((world) => ({ ...world, groups: [...world.groups, ...letters.map((letter) => [letter])] }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const visitorOf = ({ sees, rights }: User, index: number): KnownVisitor => ({
  by: 'token',
  key: sha256(`user-${index}`),
  name: `user-${index}`,
  companies: new Set(sees.map((letter) => planted(letter, 'name'))),
  rights: new Set(rights),
});

/** What the public view may name. */
const shownName = (letter: Letter): string => `Shop number ${letters.indexOf(letter) + 1}`;

function statusPageOf(shown: readonly Letter[]): StatusPage {
  return {
    title: inEachLanguage('How it stands'),
    url: 'https://status.example',
    companies: shown.map((letter) => ({
      company: planted(letter, 'name'),
      name: inEachLanguage(shownName(letter)),
      flows: [
        { flow: planted(letter, 'flow'), name: inEachLanguage('Sales'), messages: new Map() },
        { flow: 'orders', name: inEachLanguage('Orders'), messages: new Map() },
      ],
    })),
  };
}

/** Serves a generated configuration. @returns asks for a path, as one of its users or as nobody. */
async function serve(world: World) {
  const body = new MetricsBody({ ownMetrics: () => Promise.resolve(''), now: () => now });
  const snapshot = new SnapshotStore(body);
  body.show(snapshot);
  const companies = letters.map((letter) =>
    company(planted(letter, 'name'), { title: planted(letter, 'title'), project: planted(letter, 'title') }),
  );
  snapshot.setConfig(config([], undefined, companies));
  snapshot.knownErrors = knownErrors;
  const tasks = await plantedTasks(world);
  for (const task of tasks) snapshot.setTask(task);
  const problem = letters.map((letter) => planted(letter, 'failure')).join(' ');
  snapshot.setDatabase({ name: 'shop', driver: 'd', up: false, clockSkewSeconds: null, problem });
  const page = statusPageOf(world.shown);
  const time = { now };
  const status = new StatusBoard({ snapshot, page: () => page, now: () => time.now });
  for (const task of tasks) {
    status.look();
    time.now += minute;
    snapshot.setTask({ ...task, failure: null });
    snapshot.setTask(task);
  }
  const options = appOptions('', {
    now: () => now,
    metrics: () => body.get(),
    status,
    entrance: entranceOf({ visitors: world.users.map(visitorOf) }),
    history: {
      of: () => [{ at: now - minute, state: 'critical', counts: { failed: 3 }, durationSeconds: 1 }],
    },
  });
  open.push(...(await listen(createApp({ ...options, snapshot }), [{ host: '127.0.0.1', port: 0 }])));
  const url = `http://${open.at(-1)?.address ?? ''}`;
  const ask = async (path: string, user?: number, method = 'GET') => {
    const headers = user === undefined ? {} : { Authorization: `Bearer user-${user}` };
    const answer = await fetch(`${url}${path}`, { headers, method, redirect: 'manual' });
    const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return { status: answer.status, text: await answer.text(), heads };
  };
  return { ask, tasks };
}

type Tasks = Awaited<ReturnType<typeof serve>>['tasks'];

/** The paths of all companies together, without a word that stands in one company alone. */
const common = [
  '/',
  '/?wall',
  '/?lang=de',
  '/errors',
  '/lookup?record=zq',
  '/metrics',
  '/api/v1/overview',
  '/api/v1/companies',
  '/api/v1/companies?limit=1',
  '/api/v1/errors',
  '/api/v1/errors?limit=1',
  '/api/v1/lookup?record=zq',
  '/api/v1/openapi.json',
  '/companies/none',
  '/companies/none/none',
  '/status',
  '/status.json',
  '/status.rss',
];

/** The paths below one company. */
function pathsOf(letter: Letter, tasks: Tasks): string[] {
  const name = planted(letter, 'name');
  const monitors = tasks.filter((task) => task.companies.includes(name)).map((task) => task.monitor.name);
  return [
    `/companies/${name}`,
    `/api/v1/companies/${name}`,
    ...monitors.flatMap((monitor) => [
      `/companies/${name}/${monitor}`,
      `/companies/${name}/${monitor}?search=zq&order=record`,
      `/companies/${name}/${monitor}/records.csv`,
      `/companies/${name}/${monitor}/history.json`,
      `/api/v1/companies/${name}/monitors/${monitor}`,
    ]),
  ];
}

/** The paths of every class of errors that is open anywhere. */
function errorPaths(tasks: Tasks): string[] {
  const classes = tasks.flatMap(({ reading }) =>
    (reading?.allRecords?.() ?? []).map(({ errorClass }) => errorClass?.error ?? 'none'),
  );
  return [...new Set(classes)].flatMap((error) => [`/errors/${error}`, `/api/v1/errors/${error}`]);
}

const recordFields: readonly Field[] = ['record'];

/** What is in an answer to a user that must not be there. @param told what the user has said, and may come back. */
function leaks(user: User, text: string, path: string, told: readonly Letter[] = []): string[] {
  const others = letters.filter((letter) => !user.sees.includes(letter) && !told.includes(letter));
  // Metrics name records to whoever may read metrics.
  const isMetrics = path.startsWith('/metrics');
  return [
    ...found(text, others),
    ...(user.rights.includes('records') || isMetrics ? [] : found(text, user.sees, recordFields)),
    ...(user.rights.includes('sql') ? [] : found(text, user.sees, ['sql'])),
  ];
}

/** Everything that a user can ask for, by whatever path. */
async function leaksTo(user: User, index: number, { ask, tasks }: Awaited<ReturnType<typeof serve>>) {
  const wrong: string[] = [];
  const look = async (path: string, method = 'GET'): Promise<void> => {
    const { text, heads } = await ask(path, index, method);
    // What stands in the path may come back in an answer that says that there is nothing at that path.
    const said = letters.filter((letter) => path.includes(`zq${letter}`) && !user.sees.includes(letter));
    const known = found(text + heads, said).filter((token) => !path.includes(token));
    const all = [...leaks(user, text + heads, path, said), ...known];
    wrong.push(...all.map((token) => `${method} ${path}: ${token}`));
  };
  for (const path of [...common, ...errorPaths(tasks)]) await look(path);
  for (const letter of letters) for (const path of pathsOf(letter, tasks)) await look(path);
  for (const { monitor, companies } of tasks)
    for (const name of companies) {
      await look(`/companies/${name}/${monitor.name}/refresh`, 'POST');
      await look(`/api/v1/companies/${name}/monitors/${monitor.name}/refresh`, 'POST');
    }
  return wrong;
}

describe('over generated companies, users and rights', () => {
  it('no answer holds anything of a company that its user may not see, nor of records and SQL without the right', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const served = await serve(world);
        try {
          for (const [index, user] of world.users.entries())
            expect(await leaksTo(user, index, served)).toEqual([]);
        } finally {
          await close(open.splice(0), 0);
        }
      }),
      { numRuns: 12 },
    );
  }, 300_000);

  it('the public view holds nothing but what the configuration says, and a state', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { ask } = await serve(world);
        try {
          for (const path of ['/status', '/status.json', '/status.rss', '/status?lang=fr']) {
            const { status, text, heads } = await ask(path);
            expect(status, path).toBe(200);
            expect(found(text + heads, letters), path).toEqual([]);
            for (const letter of letters.filter((each) => !world.shown.includes(each)))
              expect(text, path).not.toContain(shownName(letter));
          }
        } finally {
          await close(open.splice(0), 0);
        }
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});

it('finds what it looks for where it may be seen, so that it would find it elsewhere', async () => {
  const user: User = { sees: letters, rights: ['page', 'records', 'sql', 'metrics'] };
  const { ask, tasks } = await serve({
    groups: [['A', 'B'], ['A'], ['B'], ['C']],
    isFailing: [true, true, true, true],
    users: [user],
    shown: [],
  });
  const texts: string[] = [];
  expect(errorPaths(tasks).length).toBeGreaterThan(5);
  for (const path of [
    ...common,
    ...errorPaths(tasks),
    ...letters.flatMap((letter) => pathsOf(letter, tasks)),
  ])
    texts.push((await ask(path, 0)).text);
  const text = texts.join('\n');
  const fields: readonly Field[] = [
    'name',
    'title',
    'monitor',
    'flow',
    'job',
    'failure',
    'note',
    'record',
    'sql',
  ];
  for (const letter of letters)
    for (const field of fields) expect(text, planted(letter, field)).toContain(planted(letter, field));
  expect(new Set(found(text, letters).filter((each) => each.startsWith('61')))).toEqual(
    new Set(['613.77', '614.77', '615.77']),
  );
});
