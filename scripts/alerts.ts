import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { detectAll, detectionMarkdown } from '../tests/alerts/support/detection.ts';
import { healthyMonth, inParallel } from '../tests/alerts/support/month.ts';
import { promtool } from '../tests/alerts/support/promtool.ts';
import { recordMonth, recordRules } from '../tests/alerts/support/recorded.ts';
import { alertTestFiles } from '../tests/alerts/support/test-files.ts';

/**
 * Writes the promtool tests of the alerting rules and lets promtool do them, then evaluates the rules over the simulated month for
 * docs/detection.md, which takes minutes. What promtool said is recorded: `npm test` reads it there.
 */
/** How long the longest file of tests may take, on a machine that is busy. */
const patienceMs = 1_800_000;
const root = new URL('../', import.meta.url);
const program = process.env['PROMTOOL'] ?? 'promtool';
const tests = alertTestFiles();
for (const [path, content] of tests) {
  const file = new URL(path, root);
  await mkdir(new URL('./', file), { recursive: true });
  await writeFile(file, content);
}
const verdicts = await inParallel(
  [...tests.keys()].map(
    (path) => () => promtool(program, ['test', 'rules', fileURLToPath(new URL(path, root))], patienceMs),
  ),
  2,
);
const failed = verdicts.filter(({ code }) => code !== 0);
if (failed.length === 0) recordRules();
else {
  process.stderr.write(failed.map(({ output }) => output).join(''));
  process.exitCode = 1;
}

const healthy = await inParallel(healthyMonth(program), 2);
const outcomes = await detectAll(program);
recordMonth({ healthy, outcomes });
await writeFile(new URL('docs/detection.md', root), detectionMarkdown(outcomes));
