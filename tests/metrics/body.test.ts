import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MetricsBody } from '../../src/metrics/body.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { config, monitor, rowsFamily } from '../helpers/fake-config.ts';

function setUp() {
  const clock = { now: 1_000_000 };
  let renders = 0;
  const body = new MetricsBody({
    ownMetrics: () => {
      renders += 1;
      return Promise.resolve('# own\n');
    },
    now: () => clock.now,
  });
  const snapshot = new SnapshotStore(body);
  body.show(snapshot);
  snapshot.setConfig(config([]));
  const text = async () => (await body.get()).plain.toString();
  return { clock, body, snapshot, text, renders: () => renders };
}

function task(name: string, value: number | null): TaskStatus {
  const samples = value === null ? [] : [{ family: rowsFamily, company: 'acme', labels: {}, value }];
  return {
    key: name,
    monitor: monitor(name),
    companies: ['acme'],
    intervalSeconds: 60,
    reading: value === null ? null : { samples, statuses: [], records: [], truncated: false, notes: [] },
    lastRun: 1,
    lastSuccess: 1,
    failure: null,
    durationSeconds: 0,
    runs: 1,
    failures: {},
    skipped: 0,
  };
}

const rowsOf = (text: string) =>
  [...text.matchAll(/^erp_test_rows\{.*monitor="(\w+)"\} (\d+)$/gm)].map(
    (m) => `${m[1] ?? ''} ${m[2] ?? ''}`,
  );

describe('MetricsBody', () => {
  it('joins what the tasks left, each family once', async () => {
    const { snapshot, text } = setUp();
    snapshot.setTask(task('a', 1));
    snapshot.setTask(task('b', 2));
    const whole = await text();
    expect(rowsOf(whole)).toEqual(['a 1', 'b 2']);
    expect(whole.match(/# TYPE erp_test_rows gauge/g)).toHaveLength(1);
    expect(whole).toContain('# own\n');
  });

  it('forgets the series of a reading that was replaced, dropped or removed', async () => {
    const { snapshot, text } = setUp();
    snapshot.setTask(task('a', 1));
    snapshot.setTask(task('b', 2));
    snapshot.setTask(task('a', 3));
    expect(rowsOf(await text())).toEqual(['a 3', 'b 2']);
    snapshot.setTask(task('a', null));
    expect(rowsOf(await text())).toEqual(['b 2']);
    snapshot.removeTask('b');
    const whole = await text();
    expect(whole).not.toContain('erp_test_rows');
    expect(whole).not.toContain('monitor="b"');
  });

  it('takes a family anew when a reload brought another help text', async () => {
    const { snapshot, text } = setUp();
    snapshot.setTask(task('a', 1));
    const other = { ...rowsFamily, help: 'Other words.' };
    const changed = task('a', 1);
    snapshot.setTask({
      ...changed,
      reading: {
        samples: [{ family: other, company: 'acme', labels: {}, value: 1 }],
        statuses: [],
        records: [],
        truncated: false,
        notes: [],
      },
    });
    expect(await text()).toContain('# HELP erp_test_rows Other words.\n');
  });

  it("keeps the lines of the other tasks when one's help text changes, under one header", async () => {
    const { snapshot, text } = setUp();
    for (const name of ['a', 'b', 'c']) snapshot.setTask(task(name, 1));
    const other = { ...rowsFamily, help: 'Other words.' };
    const { reading, ...changed } = task('b', 2);
    if (reading === null) throw new Error('a task without a reading');
    const samples = reading.samples.map((sample) => ({ ...sample, family: other }));
    snapshot.setTask({ ...changed, reading: { ...reading, samples } });
    const whole = await text();
    expect(rowsOf(whole)).toEqual(['a 1', 'b 2', 'c 1']);
    expect(whole.match(/# HELP erp_test_rows .*/g)).toEqual(['# HELP erp_test_rows Other words.']);
    expect(whole.match(/# TYPE erp_test_rows gauge/g)).toHaveLength(1);
  });

  it('takes another environment when a reload brought one', async () => {
    const { snapshot, text } = setUp();
    const environments = async () =>
      new Set(
        (await text()).split('\n').flatMap((line) => /^erp_.*?[{,]environment="(\w*)"/.exec(line)?.[1] ?? []),
      );
    const reload = (environment: string) => {
      snapshot.setConfig({ ...config([]), environment });
      snapshot.setTask(task('a', 1));
    };
    reload('test');
    expect(await environments()).toEqual(new Set(['test']));
    reload('production');
    expect(await environments()).toEqual(new Set(['production']));
    reload('');
    expect(await environments()).toEqual(new Set());
  });

  it('serves one body to all who ask within a second, and a new one after that', async () => {
    const { body, clock, renders } = setUp();
    const first = await body.get();
    clock.now += 400;
    expect(await body.get()).toBe(first);
    expect(renders()).toBe(1);
    clock.now += 700;
    expect(await body.get()).not.toBe(first);
  });

  it('shows a reading at once, also within the same second', async () => {
    const { snapshot, text } = setUp();
    await text();
    snapshot.setTask(task('a', 5));
    expect(rowsOf(await text())).toEqual(['a 5']);
  });

  it('gives the same bytes gzipped', async () => {
    const { body, snapshot } = setUp();
    snapshot.setTask(task('a', 5));
    const { plain, gzipped } = await body.get();
    expect(gunzipSync(await gzipped()).equals(plain)).toBe(true);
  });
});
