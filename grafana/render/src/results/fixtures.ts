import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { DashboardAnswers, Recording } from './answers.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const commonFile = new URL('recording.json', folder);
const fileOf = (uid: string): URL => new URL(`${uid}.answers.json`, folder);

/** JSON with each panel on a line of its own, so that a change of one panel is a change of one line. */
function byLines({ values, range, panels }: DashboardAnswers): string {
  const lines = Object.entries(panels).map(
    ([name, answers]) => `${JSON.stringify(name)}: ${JSON.stringify(answers)}`,
  );
  const head = `"values": ${JSON.stringify(values)},\n"range": ${JSON.stringify(range)}`;
  return `{${head},\n"panels": {\n${lines.join(',\n')}\n}}\n`;
}

export function writeFixtures({ dashboards, ...common }: Recording): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(commonFile, `${JSON.stringify({ ...common, dashboards: Object.keys(dashboards) })}\n`);
  for (const [uid, answers] of Object.entries(dashboards)) writeFileSync(fileOf(uid), byLines(answers));
}

/** What was recorded for two companies, hostile names included. */
export function readFixtures(): Recording {
  const read = (file: URL): unknown => JSON.parse(readFileSync(file, 'utf8'));
  const common = read(commonFile) as Omit<Recording, 'dashboards'> & { readonly dashboards: string[] };
  const dashboards = common.dashboards.map((uid) => [uid, read(fileOf(uid)) as DashboardAnswers] as const);
  return { ...common, dashboards: Object.fromEntries(dashboards) };
}
