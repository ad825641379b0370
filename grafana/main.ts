import { mkdir, writeFile } from 'node:fs/promises';
import { dashboardFiles } from './src/dashboards.ts';

const folder = new URL('dashboards/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, content] of dashboardFiles()) await writeFile(new URL(name, folder), content);
