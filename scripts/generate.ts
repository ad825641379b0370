import { mkdir, writeFile } from 'node:fs/promises';
import { generated } from './generated.ts';

const root = new URL('../', import.meta.url);
for (const [path, content] of await generated()) {
  const file = new URL(path, root);
  await mkdir(new URL('./', file), { recursive: true });
  await writeFile(file, content);
}
