import { mkdir, writeFile } from 'node:fs/promises';
import { alertTestFiles } from '../tests/alerts/support/test-files.ts';

const root = new URL('../', import.meta.url);
for (const [path, content] of alertTestFiles()) {
  const file = new URL(path, root);
  await mkdir(new URL('./', file), { recursive: true });
  await writeFile(file, content);
}
