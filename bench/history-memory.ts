import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Fills a history in this process and prints the bytes that it takes. */
const script = `
const { HistorySeries, historyPoints, historyStepMs } = await import(process.argv[1]);
const used = () => { gc(); gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers; };
const before = used();
const kept = new Map();
for (let index = 0; index < Number(process.argv[2]); index += 1) {
  const series = new HistorySeries();
  for (let point = 0; point < historyPoints; point += 1)
    series.record({ at: point * historyStepMs, state: 'ok', counts: { failed: point }, durationSeconds: 0.1 });
  kept.set(JSON.stringify(['monitor ' + index, 'company']), series);
}
console.log(used() - before, kept.size);
`;

/** Megabytes that the history of so many monitors takes. @throws Error when the process that measures it fails. */
export function historyMegabytes(monitors: number): number {
  const file = new URL('../src/poll/history-series.ts', import.meta.url).href;
  const args = ['--expose-gc', '--input-type=module', '--eval', script, file, String(monitors)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`the history could not be measured:\n${stderr}`);
  return Number(stdout.split(' ')[0]) / 1e6;
}
