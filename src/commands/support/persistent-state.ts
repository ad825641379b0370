import { createErrorMemory } from '../../known-errors/memory.ts';
import type { ErrorMemory } from '../../known-errors/memory.ts';
import type { Logger } from '../../log.ts';
import { createHistoryFile } from '../../state/history-file.ts';
import type { HistoryFile } from '../../state/history-file.ts';
import { openStateFile } from '../../state/file.ts';
import { lockStateFile } from '../../state/lock.ts';
import type { MonitorStates } from '../../state/monitor-state.ts';
import { createMonitorStates } from '../../state/monitor-states.ts';

/** What outlives a run, and the process when there is a state file. */
export interface PersistentState {
  readonly errors: ErrorMemory;
  readonly states: MonitorStates;
  /** Whether the file holds everything that it should; undefined when there is no file. */
  readonly isWritten: boolean | undefined;
  /** Undefined without a file. */
  readonly history: HistoryFile | undefined;
  /** Writes what is not written yet, and closes the file. */
  close(): void;
}

/** How often what could not be written is tried again, in milliseconds. */
const retryEveryMs = 10_000;

/** The state in a file, which this process has for itself. */
class FileState implements PersistentState {
  readonly errors: ErrorMemory;
  readonly states: MonitorStates;
  readonly history: HistoryFile;
  readonly #retries: NodeJS.Timeout;
  readonly #closeFile: () => void;

  constructor(file: string, log: Logger) {
    const lock = lockStateFile(file);
    let database: ReturnType<typeof openStateFile> | undefined;
    try {
      database = openStateFile(file);
      const fields = (content: string, { message }: Error) => ({ file, content, problem: message });
      this.errors = createErrorMemory(database, (error) =>
        log.error('state file write failed', fields('known errors', error)),
      );
      this.states = createMonitorStates(database, (error, action) => {
        if (action === 'read') log.error('state file read failed', fields('monitors', error));
        else log.error('state file write failed', fields('monitors', error));
      });
      this.history = createHistoryFile(database, (error) =>
        log.error('state file write failed', fields('history', error)),
      );
    } catch (error) {
      database?.close();
      lock.release();
      throw error;
    }
    const opened = database;
    this.#closeFile = () => {
      opened.close();
      lock.release();
    };
    this.#retries = setInterval(() => this.#retry(file, log), retryEveryMs).unref();
  }

  get isWritten(): boolean {
    return !this.#isBehind();
  }

  close(): void {
    clearInterval(this.#retries);
    this.errors.flush();
    this.states.close();
    this.#closeFile();
  }

  #isBehind(): boolean {
    return this.errors.isBehind || this.states.isBehind;
  }

  #retry(file: string, log: Logger): void {
    if (!this.#isBehind()) return;
    this.errors.retry();
    this.states.retry();
    if (!this.#isBehind()) log.info('state file written again', { file });
  }
}

/**
 * Opens the state file of a configuration; `:memory:` keeps everything in the process.
 *
 * @throws Error that names the file, when it cannot be used, or another process uses it.
 */
export function openPersistentState(file: string, log: Logger): PersistentState {
  if (file !== ':memory:') return new FileState(file, log);
  const states = createMonitorStates(undefined, () => {});
  const errors = createErrorMemory(undefined, () => {});
  return { errors, states, history: undefined, isWritten: undefined, close: () => states.close() };
}
