import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../time.ts';
import { transaction } from './file.ts';
import { Writing } from './writing.ts';

/** What the state file keeps of the histories of monitors. */
export interface HistoryFile {
  /** Undefined when nothing is kept, or it cannot be read. */
  load(series: string): Uint8Array | undefined;
  /** Writes these, all in one transaction, and drops what was last saved before `forgetBefore`. */
  save(entries: Iterable<readonly [string, Uint8Array]>, now: Instant, forgetBefore: Instant): void;
}

/** @param onError called for the first of several writes in a row that failed. */
export function createHistoryFile(database: DatabaseSync, onError: (error: Error) => void): HistoryFile {
  const find = database.prepare('SELECT points FROM history WHERE series = ?');
  const put = database.prepare('INSERT OR REPLACE INTO history (series, saved, points) VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM history WHERE saved < ?');
  const writing = new Writing(onError);
  return {
    load: (series) => {
      try {
        const points = find.get(series)?.['points'];
        return points instanceof Uint8Array ? points : undefined;
      } catch {
        // A chart that begins anew; what is wrong with the file is told when it is written.
        return undefined;
      }
    },
    save: (entries, now, forgetBefore) => {
      // What is not written is in a later batch: a chart may lack some minutes after a restart.
      writing.retry(() =>
        transaction(database, () => {
          for (const [series, points] of entries) put.run(series, Math.round(now), points);
          forget.run(Math.round(forgetBefore));
        }),
      );
    },
  };
}
