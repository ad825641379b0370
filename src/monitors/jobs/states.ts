/** The states of a job, a closed list: `missing` is an expected job without a row, `unknown` a word that is not known. */
export const jobStates = [
  'success',
  'failed',
  'running',
  'waiting',
  'cancelled',
  'missing',
  'unknown',
] as const;
export type JobState = (typeof jobStates)[number];

/** The states that a word in the column `status` can mean. */
export const knownStates = ['success', 'failed', 'running', 'waiting', 'cancelled'] as const;
export type KnownState = (typeof knownStates)[number];

/**
 * The words of schedulers that need no configuration: pg_cron, SQL Server Agent, Odoo, Magento, Dynamics 365 Business
 * Central, Divalto, SAP and the like. Numbers are never known: 1 is success here and running there.
 */
export const usualWords: Readonly<Record<KnownState, readonly string[]>> = {
  success: [
    'success',
    'succeeded',
    'successful',
    'done',
    'ok',
    'complete',
    'completed',
    'finished',
    'processed',
    'passed',
  ],
  failed: [
    'failed',
    'failure',
    'fail',
    'error',
    'errored',
    'aborted',
    'abort',
    'crashed',
    'timeout',
    'timed out',
    'missed',
    'dead',
  ],
  running: [
    'running',
    'started',
    'starting',
    'in progress',
    'in process',
    'processing',
    'executing',
    'sending',
    'connecting',
  ],
  waiting: [
    'waiting',
    'pending',
    'queued',
    'enqueued',
    'scheduled',
    'ready',
    'new',
    'idle',
    'retry',
    'retrying',
  ],
  cancelled: [
    'cancelled',
    'canceled',
    'disabled',
    'on hold',
    'hold',
    'paused',
    'suspended',
    'stopped',
    'skipped',
    'inactive',
  ],
};

/** Words compare without regard to case, and `in_progress`, `in-progress` and `In Progress` are one. */
export function normalizeWord(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}

/** The words of a configuration before the usual ones, by normalized word. */
export function stateWords(
  configured: Readonly<Partial<Record<KnownState, readonly string[] | undefined>>>,
): ReadonlyMap<string, KnownState> {
  const pairs = (words: Readonly<Partial<Record<KnownState, readonly string[] | undefined>>>) =>
    knownStates.flatMap((state) => (words[state] ?? []).map((word) => [normalizeWord(word), state] as const));
  return new Map([...pairs(usualWords), ...pairs(configured)]);
}
