import { mkdir, writeFile } from 'node:fs/promises';
import { detectAll, detectionMarkdown } from '../tests/alerts/support/detection.ts';
import { alertTestFiles } from '../tests/alerts/support/test-files.ts';

/** Writes the promtool tests of the alerting rules, then evaluates them with promtool for docs/detection.md, which takes minutes. */
const root = new URL('../', import.meta.url);
for (const [path, content] of alertTestFiles()) {
  const file = new URL(path, root);
  await mkdir(new URL('./', file), { recursive: true });
  await writeFile(file, content);
}
const promtool = process.env['PROMTOOL'] ?? 'promtool';
await writeFile(new URL('docs/detection.md', root), detectionMarkdown(await detectAll(promtool)));
