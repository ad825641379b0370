import { createErrorMemory } from '../../known-errors/memory.ts';
import type { ErrorMemory } from '../../known-errors/memory.ts';
import type { Logger } from '../../log.ts';
import { createHistoryFile } from '../../state/history-file.ts';
import type { HistoryFile } from '../../state/history-file.ts';
import { openStateFile } from '../../state/file.ts';
import type { MonitorStates } from '../../state/monitor-state.ts';
import { createMonitorStates } from '../../state/monitor-states.ts';

/** What outlives a run, and the process when there is a state file. */
export interface PersistentState {
  readonly errors: ErrorMemory;
  readonly states: MonitorStates;
  /** Undefined without a file. */
  readonly history: HistoryFile | undefined;
  /** Writes what is not written yet, and closes the file. */
  close(): void;
}

/**
 * Opens the state file of a configuration; `:memory:` keeps everything in the process.
 *
 * @throws Error that names the file, when it cannot be used.
 */
export function openPersistentState(file: string, log: Logger): PersistentState {
  const database = file === ':memory:' ? undefined : openStateFile(file);
  const fields = (content: string, { message }: Error) => ({ file, content, problem: message });
  const errors = createErrorMemory(database, (error) =>
    log.error('state file write failed', fields('known errors', error)),
  );
  const states = createMonitorStates(database, (error, action) => {
    if (action === 'read') log.error('state file read failed', fields('monitors', error));
    else log.error('state file write failed', fields('monitors', error));
  });
  const history =
    database === undefined
      ? undefined
      : createHistoryFile(database, (error) =>
          log.error('state file write failed', fields('history', error)),
        );
  return {
    errors,
    states,
    history,
    close: () => {
      errors.flush();
      states.close();
      database?.close();
    },
  };
}
