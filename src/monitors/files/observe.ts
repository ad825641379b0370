import type { RE2JS } from 're2js';
import type { Instant } from '../../time.ts';
import { RunError } from '../contract.ts';
import type { Reading, RunContext, Sample } from '../contract.ts';
import { failureSorter } from '../records/failure-details.ts';
import type { FailureDetails } from '../records/failure-details.ts';
import { OpenRecords } from '../records/open-records.ts';
import { pictureOf } from '../records/picture.ts';
import { FutureTimes } from '../shared/future-times.ts';
import { Notes } from '../shared/notes.ts';
import { sample } from '../shared/samples.ts';
import { families } from './families.ts';
import { folderOf, mostErrorTexts, readFolder } from './folder.ts';
import type { FailedFile, Seen } from './folder.ts';
import { hasManyFolders } from './glob.ts';
import { mostEntries } from './scan.ts';
import type { FoundFile, Scan } from './scan.ts';
import type { Settings } from './settings.ts';

type Key = 'waiting' | 'failed' | 'finished';

/** A file that was modified so lately may still be written. */
const settleMs = 60_000;

/** The first group of the first match; undefined without one. */
function groupOf(pattern: RE2JS | undefined, text: string): string | undefined {
  const matcher = pattern?.matcher(text);
  return matcher?.find() === true ? (matcher.group(1) ?? undefined) : undefined;
}

/** Since when a file is there: of the two times that a file system keeps of its contents, the earlier. */
function sinceOf({ modified, changed, born }: FoundFile, time: 'modified' | 'changed'): Instant | null {
  if (time === 'changed') return changed;
  return modified === null || born === null ? modified : Math.min(modified, born);
}

/** Reads the files of a run, and tells what is odd about them. */
class Files {
  readonly notes = new Notes();
  readonly #run: RunContext<Settings>;
  readonly #sorted: ReturnType<typeof failureSorter>;

  constructor(run: RunContext<Settings>) {
    this.#run = run;
    this.#sorted = failureSorter(run);
  }

  /** Notes what of a folder was not seen. */
  noteScan(key: Key, scan: Scan): void {
    const { notes } = this;
    if (scan.isCut)
      notes.say(`${key}: the folder has more than ${mostEntries} entries, of which as many were looked at.`);
    for (const path of scan.strayLinks)
      notes.count(`${key}: symbolic links that lead out of the folder, or nowhere, were left out`, path);
    for (const path of scan.closedFolders)
      notes.count(`${key}: folders that may not be read, whose files are not counted`, path);
    for (const { path } of scan.files.filter(({ bytes }) => bytes === null))
      notes.count(`${key}: files of which only the name could be read, so that their age is unknown`, path);
  }

  isEmpty({ bytes, modified }: FoundFile): boolean {
    return bytes === 0 && modified !== null && modified <= this.#run.now - settleMs;
  }

  isGrowing({ modified }: FoundFile): boolean {
    return modified !== null && modified > this.#run.now - settleMs && modified <= this.#run.now;
  }

  waitingOf({ waiting: scan }: Seen): OpenRecords<null> {
    const { waiting } = this.#run.settings;
    const files = scan?.files.filter((file) => waiting?.empty !== 'failed' || !this.isEmpty(file)) ?? [];
    return this.#records('waiting', files, () => null);
  }

  failedOf({ failed, waiting: scan, unread }: Seen): OpenRecords<FailureDetails> {
    const { waiting } = this.#run.settings;
    const empty = waiting?.empty === 'failed' ? (scan?.files.filter((file) => this.isEmpty(file)) ?? []) : [];
    const files: readonly (FailedFile & { readonly isEmptyOrder?: boolean })[] = [
      ...(failed?.files ?? []),
      ...empty.map((file) => ({ ...file, text: undefined, isEmptyOrder: true })),
    ];
    if (unread > 0)
      this.notes.say(
        `failed: the messages of the oldest ${mostErrorTexts} files were read; those of ${unread} more are not known.`,
      );
    return this.#records('failed', files, (file) =>
      file.isEmptyOrder === true
        ? this.#sorted({ error: 'the file is empty', code: 'file:empty', call: '' })
        : this.#sorted({ ...this.#errorOf(file), call: '' }),
    );
  }

  /** When the newest file was finished; null: none was. */
  finishedOf({ finished }: Seen, company: string): Instant | null {
    const time = this.#run.settings.finished?.time ?? 'modified';
    const times = new FutureTimes('finished', 'time', this.#run.now);
    let newest: Instant | null = null;
    for (const file of finished?.files ?? []) {
      // Of the two times of its contents the later: it was finished when they were as they are.
      const at = times.unlessFarAhead(
        time === 'changed' ? file.changed : file.modified,
        file.path,
        this.notes,
      );
      times.see(at, company);
      if (at !== null && (newest === null || at > newest)) newest = at;
    }
    times.report(this.notes);
    return newest;
  }

  #errorOf({ text, path }: FailedFile): { readonly error: string; readonly code: string } {
    const error = this.#run.settings.failed?.error;
    if (error === undefined) return { error: '', code: '' };
    if (text === undefined) {
      this.notes.count('failed: files whose file with the message is missing, or cannot be read', path);
      return { error: '', code: '' };
    }
    const message = error.pattern === undefined ? text.trim() : groupOf(error.pattern, text);
    if (message === undefined)
      this.notes.count(
        'failed: files in whose message pattern finds nothing; the whole of it is shown',
        path,
      );
    return { error: message ?? text.trim(), code: groupOf(error.code, text) ?? '' };
  }

  #records<File extends FoundFile, Details>(
    key: 'waiting' | 'failed',
    files: readonly File[],
    detailsOf: (file: File) => Details,
  ): OpenRecords<Details> {
    const { settings, now } = this.#run;
    const records = new OpenRecords<Details>();
    const times = new FutureTimes(key, 'time', now);
    const time = settings[key]?.time ?? 'modified';
    for (const file of files) {
      const since = sinceOf(file, time);
      times.see(since, file.path);
      const record = this.#keyOf(key, file);
      records.add({ record, since, amount: null, currency: '', details: detailsOf(file) });
    }
    times.report(this.notes);
    return records;
  }

  /** The key of the record; files of the same name in several folders are several records. */
  #keyOf(key: string, { name, path }: FoundFile): string {
    const { record, waiting, failed } = this.#run.settings;
    if (record === undefined) {
      const patterns = [waiting?.files ?? '', failed?.files ?? ''];
      return patterns.some((pattern) => hasManyFolders(pattern)) ? path : name;
    }
    const found = groupOf(record, name);
    if (found === undefined || found === '')
      this.notes.count(`${key}: files in whose name record finds no key; the name is shown`, path);
    return found === undefined || found === '' ? name : found;
  }
}

/** Ends with the run: what a file system does not answer cannot be cancelled. @throws RunError `timeout` */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal, folder: string): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () =>
    aborted.reject(
      new RunError(
        'timeout',
        `${folder} was not read in time: is the file system that it is mounted from there?`,
      ),
    );
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort));
}

/** What is read stays the same while this does. */
const workKey = (folder: string, { must_exist: mustExist, waiting, failed, finished }: Settings): string =>
  JSON.stringify([folder, mustExist, waiting?.files, failed?.files, failed?.error?.file, finished?.files]);

function ownSamples(files: Files, company: string, { waiting }: Seen): Sample[] {
  if (waiting === undefined) return [];
  const count = (test: (file: FoundFile) => boolean) => waiting.files.filter(test).length;
  return [
    sample(
      families.empty,
      company,
      count((file) => files.isEmpty(file)),
    ),
    sample(
      families.growing,
      company,
      count((file) => files.isGrowing(file)),
    ),
  ];
}

/** One run of kind `files`. @throws RunError */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const { settings, companies, signal } = run;
  const files = new Files(run);
  const seen = new Map<string, Seen>();
  for (const company of companies) {
    const folder = folderOf(settings, company);
    const work = run.pending(workKey(folder, settings), () => readFolder(folder, settings));
    seen.set(company, await untilAborted(work, signal, folder));
  }
  for (const each of seen.values())
    for (const key of ['waiting', 'failed', 'finished'] as const) {
      const scan = each[key];
      if (scan !== undefined) files.noteScan(key, scan);
    }
  const canFail = settings.failed !== undefined || settings.waiting?.empty === 'failed';
  const failed = canFail ? mapped(seen, (each) => files.failedOf(each)) : undefined;
  const waiting = settings.waiting && mapped(seen, (each) => files.waitingOf(each));
  const finished =
    settings.finished &&
    new Map([...seen].map(([company, each]) => [company, files.finishedOf(each, company)]));
  const isCut = (key: Key) => [...seen.values()].some((each) => each[key]?.isCut === true);
  const picture = pictureOf(
    run,
    {
      failed: failed && { of: recordsOf(failed), truncated: isCut('failed') },
      waiting: waiting && { of: recordsOf(waiting), truncated: isCut('waiting') },
      finished,
      namesAmount: () => false,
    },
    files.notes,
  );
  const own = [...seen].flatMap(([company, each]) => ownSamples(files, company, each));
  return { ...picture, samples: [...picture.samples, ...own] };
}

const mapped = <Value>(
  seen: ReadonlyMap<string, Seen>,
  make: (each: Seen) => Value,
): ReadonlyMap<string, Value> => new Map([...seen].map(([company, each]) => [company, make(each)]));

const recordsOf =
  <Details>(byCompany: ReadonlyMap<string, OpenRecords<Details>>) =>
  (company: string): OpenRecords<Details> =>
    byCompany.get(company) ?? new OpenRecords();
