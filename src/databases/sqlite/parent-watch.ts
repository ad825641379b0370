import { workerData } from 'node:worker_threads';

/*
 * A thread of the process that reads a file: it ends the process when the exporter is gone. The thread of a statement is
 * blocked for as long as that takes, so it would hear of it at the end of the statement alone, which may never come.
 */

const everyMs = 500;

if (typeof workerData === 'number')
  setInterval(() => {
    // An orphan is given another parent.
    if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
  }, everyMs);
