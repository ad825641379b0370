import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../../../src/monitors/contract.ts';
import { files } from '../../../src/monitors/files/index.ts';
import { PendingWork } from '../../../src/poll/pending-work.ts';
import { hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';
import { MemoryDatabase } from '../run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  for (const name of ['out', 'error', 'done']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file that was last modified at `at`. */
function file(path: string, text = '<order/>', at = now - hour): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  utimesSync(whole, at / 1000, at / 1000);
}

const nowhere = new MemoryDatabase({});
const run = (settings: Readonly<Record<string, unknown>>, overrides: Parameters<typeof observe>[3] = {}) =>
  observe(files, { folder, ...settings }, nowhere, overrides);
const valueOf = async (name: string, settings: Readonly<Record<string, unknown>>) =>
  seriesOf(await run(settings))[`${name}{acme}`];

describe('waiting files', () => {
  const waiting = { files: 'out/*.xml' };

  it('are counted, and are late by the time that they were modified', async () => {
    file('out/a.xml', 'x', now - 3 * hour);
    file('out/b.xml', 'x', now - 20 * minute);
    file('out/c.txt');
    file('out/below/d.xml');
    file('out/.hidden.xml');
    const reading = await run({ waiting, late_after: { warning: '1h' } });
    expect(seriesOf(reading)).toMatchObject({
      'erp_waiting_records{acme}': 2,
      'erp_late_records{acme,severity=warning}': 1,
      'erp_oldest_waiting_record_timestamp_seconds{acme}': (now - 3 * hour) / 1000,
      'erp_since_oldest_waiting_record_seconds{acme}': 3 * 3600,
      'erp_empty_files{acme}': 0,
      'erp_growing_files{acme}': 0,
    });
    expect(reading.statuses).toEqual([{ company: 'acme', state: 'warning', text: '2 waiting, 1 late' }]);
    expect(reading.records).toMatchObject([{ record: 'a.xml', state: 'late', since: now - 3 * hour }]);
    expect(reading.notes).toEqual([]);
  });

  it.each([
    ['out/**/*.xml', ['out/a.xml', 'out/x/b.xml', 'out/x/y/c.xml']],
    ['out/*/*.xml', ['out/x/b.xml']],
    ['out/x/*', ['b.xml']],
    ['out/{a,b}.xml', ['a.xml']],
    ['*/a.xml', ['out/a.xml']],
    ['out/.*', ['.d.xml']],
    ['out/a.xml', ['a.xml']],
    ['out/b?.xml', []],
  ])('are those of %s', async (pattern, expected) => {
    for (const path of ['out/a.xml', 'out/x/b.xml', 'out/x/y/c.xml', 'out/.d.xml', 'out/.h/e.xml'])
      file(path);
    const reading = await run({ waiting: { files: pattern } });
    expect(
      reading
        .allRecords?.()
        .map(({ record }) => record)
        .sort(),
    ).toEqual(expected);
  });

  it('of one name in several folders are several records', async () => {
    file('out/x/a.xml');
    file('out/y/a.xml');
    expect(await valueOf('erp_waiting_records', { waiting: { files: 'out/*/a.xml' } })).toBe(2);
  });

  it('wait since they exist where a writer goes on with them', async () => {
    file('out/grows.xml', 'x', now - 10_000);
    const born = statSync(join(folder, 'out/grows.xml')).birthtimeMs;
    // The time of the run lies before the file was made: the earlier of the two is when it was modified.
    expect(born).toBeGreaterThan(now);
    const series = seriesOf(await run({ waiting }));
    expect(series).toMatchObject({ 'erp_waiting_records{acme}': 1, 'erp_growing_files{acme}': 1 });
    const later = born + hour;
    utimesSync(join(folder, 'out/grows.xml'), later / 1000 - 5, later / 1000 - 5);
    const at = await run({ waiting, late_after: { warning: '30m' } }, { now: later });
    expect(at.records).toMatchObject([{ state: 'late', since: born }]);
  });

  it('without contents are told, and fail where the configuration says so', async () => {
    file('out/empty.xml', '');
    file('out/new.xml', '', now - 1000);
    file('out/full.xml');
    expect(await valueOf('erp_empty_files', { waiting })).toBe(1);
    const reading = await run({ waiting: { ...waiting, empty: 'failed' } });
    expect(seriesOf(reading)).toMatchObject({
      'erp_waiting_records{acme}': 2,
      'erp_failed_records{acme}': 1,
      'erp_empty_files{acme}': 1,
    });
    expect(reading.records).toMatchObject([
      { record: 'empty.xml', state: 'failed', code: 'file:empty', error: 'the file is empty' },
    ]);
  });

  it('have the key that a pattern finds in their names; several of one key are one record', async () => {
    file('out/ORD-17_a.xml');
    file('out/ORD-17_b.xml');
    file('out/odd.xml');
    const reading = await run({ waiting, record: '^ORD-([0-9]+)' });
    expect(
      reading
        .allRecords?.()
        .map(({ record }) => record)
        .sort(),
    ).toEqual(['17', 'odd.xml']);
    expect(reading.notes).toEqual([
      'waiting: files in whose name record finds no key; the name is shown (1 row: out/odd.xml).',
    ]);
  });

  it('are not those that a link leads to out of the folder', async () => {
    const other = mkdtempSync(join(tmpdir(), 'files-other-'));
    try {
      writeFileSync(join(other, 'secret.xml'), 'x');
      file('done/in.xml');
      symlinkSync(join(other, 'secret.xml'), join(folder, 'out/away.xml'));
      symlinkSync(join(folder, 'nothing'), join(folder, 'out/broken.xml'));
      symlinkSync('../done/in.xml', join(folder, 'out/inside.xml'));
      symlinkSync(other, join(folder, 'out/dir'));
      const reading = await run({ waiting: { files: 'out/**/*.xml' } });
      expect(reading.allRecords?.().map(({ record }) => record)).toEqual(['out/inside.xml']);
      expect(reading.notes).toEqual([
        expect.stringMatching(
          /^waiting: symbolic links that lead out of the folder, or nowhere, were left out \(2 rows/,
        ),
      ]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('whose names are no text are counted, and said to be odd', async () => {
    const name = Buffer.concat([
      Buffer.from(`${folder}/out/`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('.xml'),
    ]);
    writeFileSync(name, 'x');
    const reading = await run({ waiting, late_after: { warning: '1h' } });
    expect(seriesOf(reading)['erp_waiting_records{acme}']).toBe(1);
    expect(reading.notes).toEqual([expect.stringContaining('only the name could be read') as string]);
  });
});

describe('failed files', () => {
  const failed = { files: 'error/*', error: { file: '{stem}.err' } };

  it('have the message of the file beside them, which is none of them', async () => {
    file('error/1.xml');
    file('error/1.err', 'Customer 4711 was not found\n');
    file('error/2.xml');
    const reading = await run({ failed });
    expect(seriesOf(reading)['erp_failed_records{acme}']).toBe(2);
    expect(reading.records.map(({ record, error }) => [record, error])).toEqual([
      ['1.xml', 'Customer 4711 was not found'],
      ['2.xml', ''],
    ]);
    expect(reading.notes).toEqual([
      expect.stringContaining('is missing, or cannot be read (1 row') as string,
    ]);
  });

  it('have the message and the code that patterns find', async () => {
    file('error/1.xml', 'x');
    file('error/1.log', 'start\nstatus=409\nERROR: record is locked\nend\n');
    file('error/2.xml', 'x');
    file('error/2.log', 'nothing of the sort\n');
    const error = { file: '{stem}.log', pattern: '^ERROR: (.*)$', code: 'status=([0-9]{3})' };
    const reading = await run({ failed: { files: 'error/*.xml', error } });
    expect(reading.records.map((each) => [each.record, each.code, each.error])).toEqual([
      ['1.xml', '409', 'record is locked'],
      ['2.xml', '', 'nothing of the sort'],
    ]);
    expect(reading.notes).toEqual([expect.stringContaining('pattern finds nothing') as string]);
  });

  it.each([
    ['UTF-8', Buffer.from('Größe ungültig')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFGröße ungültig')],
    ['UTF-16', Buffer.from('\uFEFFGröße ungültig', 'utf16le')],
    ['Windows-1252', Buffer.from('Größe ungültig', 'latin1')],
  ])('have a message in %s', async (_, bytes) => {
    file('error/1.xml');
    writeFileSync(join(folder, 'error/1.err'), bytes);
    expect((await run({ failed })).records).toMatchObject([{ error: 'Größe ungültig' }]);
  });

  it('have no message from outside of the folder, from a pipe, or from a folder', async () => {
    file('error/1.xml');
    file('error/2.xml');
    file('error/3.xml');
    symlinkSync('/etc/hostname', join(folder, 'error/1.err'));
    execFileSync('mkfifo', [join(folder, 'error/2.err')]);
    mkdirSync(join(folder, 'error/3.err'));
    const reading = await run({ failed: { files: 'error/*.xml', error: { file: '{stem}.err' } } });
    expect(reading.records.map(({ error }) => error)).toEqual(['', '', '']);
    const away = { files: 'error/*.xml', error: { file: '../../../../etc/hostname' } };
    expect((await run({ failed: away })).records.map(({ error }) => error)).toEqual(['', '', '']);
  });

  it('can tell why themselves, and mask what is personal', async () => {
    file('error/1.json', '{"error": "IBAN BE71 0961 2345 6769 rejected"}');
    const reading = await run({ failed: { files: 'error/*.json', error: {} } });
    expect(reading.records[0]?.error).toContain('rejected');
    expect(reading.records[0]?.error).not.toContain('0961 2345');
  });

  it('failed when they were moved, where that is asked for', async () => {
    file('out/1.xml', 'x', now - 9 * hour);
    renameSync(join(folder, 'out/1.xml'), join(folder, 'error/1.xml'));
    const moved = statSync(join(folder, 'error/1.xml')).ctimeMs;
    const reading = await run({ failed: { files: 'error/*', time: 'changed' } }, { now: moved + minute });
    expect(reading.records).toMatchObject([{ since: moved }]);
  });
});

it('the newest finished file tells when the flow last worked; without one it never did', async () => {
  const settings = { finished: { files: 'done/*.xml' }, silent_after: { warning: '1h' } };
  expect((await run(settings)).statuses).toMatchObject([{ state: 'warning', text: 'none finished yet' }]);
  file('done/1.xml', 'x', now - 2 * hour);
  file('done/2.xml', 'x', now - 10 * minute);
  const reading = await run(settings);
  expect(reading.statuses).toMatchObject([{ state: 'ok', text: 'last finished 10m ago' }]);
  expect(seriesOf(reading)['erp_last_finished_record_timestamp_seconds{acme}']).toBe(
    (now - 10 * minute) / 1000,
  );
});

describe('a run fails', () => {
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no failure',
      (error: unknown) => (error instanceof RunError ? `${error.reason}: ${error.message}` : error),
    );
  const waiting = { files: 'out/*.xml' };

  it('when the folder, or the fixed part of the pattern, is not there', async () => {
    const gone = failureOf(run({ waiting, folder: join(folder, 'gone') }));
    expect(await gone).toMatch(/^unreachable: .*gone\/out\/\*\.xml is not there \(ENOENT\): is it mounted/);
    rmSync(join(folder, 'out'), { recursive: true });
    expect(await failureOf(run({ waiting }))).toMatch(/^unreachable: /);
    file('out', 'a file');
    expect(await failureOf(run({ waiting }))).toMatch(/^unreachable: .*ENOTDIR/);
  });

  it('when what must exist does not: the mount may be gone', async () => {
    const settings = { waiting, must_exist: 'out/.mounted' };
    expect(await failureOf(run(settings))).toMatch(
      /^blind: .*out\/\.mounted, which must_exist names, is not there/,
    );
    file('out/.mounted');
    expect(seriesOf(await run(settings))['erp_waiting_records{acme}']).toBe(0);
  });

  it.skipIf(process.getuid?.() === 0)('when the folder may not be read', async () => {
    chmodSync(join(folder, 'out'), 0);
    expect(await failureOf(run({ waiting }))).toMatch(/^permission: /);
    chmodSync(join(folder, 'out'), 0o700);
  });

  it('in time when the file system does not answer, and does not ask it again meanwhile', async () => {
    const { join: pending } = new PendingWork();
    const never = new Promise<never>(() => undefined);
    let asked = 0;
    const hung = <Result>(key: string) => pending<Result>(key, () => ((asked += 1), never));
    for (let runs = 0; runs < 3; runs += 1)
      expect(await failureOf(run({ waiting }, { pending: hung, signal: AbortSignal.timeout(20) }))).toMatch(
        /^timeout: .* was not read in time/,
      );
    expect(asked).toBe(1);
  });
});

it('several companies have a folder each', async () => {
  file('acme/out/1.xml');
  file('bolt/out/2.xml');
  file('bolt/out/3.xml');
  const of = (company: string) =>
    run({ folder: join(folder, '{company}'), waiting: { files: 'out/*.xml' } }, { companies: [company] });
  expect(seriesOf(await of('acme'))['erp_waiting_records{acme}']).toBe(1);
  expect(seriesOf(await of('bolt'))['erp_waiting_records{bolt}']).toBe(2);
  await expect(of('../acme')).rejects.toThrow('is no name of a folder');
});

it.each([
  [
    { folder: 'edi', waiting: { files: '*' } },
    'folder: must be the whole path of a folder, beginning with /',
  ],
  [{ folder: '/edi/{firm}', waiting: { files: '*' } }, 'folder: knows no other placeholder than {company}'],
  [{ folder: '/edi' }, ': has neither failed nor waiting nor finished; say which files it watches'],
  [{ folder: '/edi', waiting: { files: '../*' } }, 'waiting.files: must not contain empty segments, . or ..'],
  [
    { folder: '/edi', waiting: { files: '/etc/*' } },
    'waiting.files: must be a pattern below folder, written with /',
  ],
  [{ folder: '/edi', waiting: { files: 'a**/b' } }, 'waiting.files: has ** beside other characters'],
  [{ folder: '/edi', waiting: { files: 'out/' } }, 'waiting.files: names no file; write such as out/*.xml'],
  [{ folder: '/edi', waiting: { files: '*' }, record: 'ORD' }, 'record: has no group'],
  [{ folder: '/edi', waiting: { files: '*' }, record: '(' }, 'record: is no pattern of RE2'],
  [
    { folder: '/edi', failed: { files: '*' }, late_after: { warning: '1h' } },
    'late_after: only waiting files',
  ],
  [
    { folder: '/edi', waiting: { files: '*' }, failed_threshold: { warning: 1 } },
    'failed_threshold: counts failed',
  ],
  [
    { folder: '/edi', waiting: { files: '*' }, silent_after: { warning: '1h' } },
    'silent_after: needs the time',
  ],
])('%j is refused', (settings, message) => {
  expect(problemsOf(files, settings).some((problem) => problem.startsWith(message))).toBe(true);
});
