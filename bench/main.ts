import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cleanup } from './cleanup.ts';
import type { Bench } from './context.ts';
import { dashboardsBench } from './dashboards.ts';
import { builtMain } from './exporter.ts';
import { goalsTable, isMet } from './goals.ts';
import { idle } from './idle.ts';
import { machineFacts } from './machine.ts';
import { replaceSection } from './markdown.ts';
import { page } from './page.ts';
import { poll } from './poll.ts';
import { requirePrograms } from './programs.ts';
import { reconcile } from './reconcile.ts';
import { rulesBench } from './rules.ts';
import { scrape } from './scrape.ts';

const benches: ReadonlyMap<string, Bench> = new Map(
  Object.entries({ scrape, poll, idle, page, reconcile, rules: rulesBench, dashboards: dashboardsBench }),
);
const document = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const usage = `Usage: npm run bench -- scrape|poll|idle|page|reconcile|rules|dashboards [FLAGS]

Prints tables of goals and measurements, and writes them to docs/benchmarks.md. Needs an idle machine with Linux.
The exit code is 1 when a goal was missed.

Flags:
  --rounds N       repetitions of each measurement (default: 5)
  --seconds N      duration of a measurement under load, in seconds (default: 5)
  --watch N        duration of a measurement without load, in seconds (default: 75)
  --rows N,N       rows per side that reconcile compares (default: 1000000,10000000)
  --main FILE      the exporter to run (default: dist/main.js)
  --no-write       do not change docs/benchmarks.md
`;

const introduction = `# Benchmarks

Written by \`npm run bench -- scrape\`, \`poll\`, \`idle\`, \`page\`, \`reconcile\`, \`rules\` and \`dashboards\`; each run replaces its own section. Goals are
judged by the median; a missed goal is shown as missed.
`;

const options = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  watch: { type: 'string', default: '75' },
  rows: { type: 'string', default: '1000000,10000000' },
  main: { type: 'string' },
  'no-write': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${flag} ${text}: write a whole number of at least 1`);
  return value;
}

/** Runs one benchmark. @returns whether every goal was met. */
async function main(cleanup: Cleanup): Promise<boolean> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name = ''] = positionals;
  const bench = benches.get(name);
  if (values.help || bench === undefined || positionals.length > 1) {
    process.stdout.write(usage);
    return values.help;
  }
  requirePrograms(bench.programs);
  const facts = machineFacts(bench.programs);
  const { goals, details } = await bench.run({
    cleanup,
    main: values.main ?? builtMain(),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    watchSeconds: positive('watch', values.watch),
    rows: values.rows.split(',').map((text) => positive('rows', text)),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const section = [`## ${bench.title}`, facts, bench.method, goalsTable(goals), details].join('\n\n');
  process.stdout.write(`${section}\n`);
  if (!values['no-write']) {
    const before = existsSync(document) ? readFileSync(document, 'utf8') : introduction;
    writeFileSync(document, replaceSection(before, name, section));
    process.stderr.write(`written to ${relative(process.cwd(), document)}\n`);
  }
  return goals.every(isMet);
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof Error && error.cause instanceof Error)
    process.stderr.write(`${error.cause.message}\n`);
}

const cleanup = new Cleanup();
const interrupted = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => {
    interrupted.abort();
    void cleanup.run().finally(() => process.exit(code));
  });
try {
  process.exitCode = (await main(cleanup)) ? 0 : 1;
} catch (error) {
  // An interrupt makes running measurements fail; these errors are not reported.
  if (!interrupted.signal.aborted) report(error);
  process.exitCode = 1;
} finally {
  await cleanup.run();
}
