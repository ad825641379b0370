import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

/** The folder `alerts/`. */
export const alertsFolder = fileURLToPath(new URL('../../../alerts/', import.meta.url));
/** The alerting rules. */
export const rulesFile = join(alertsFolder, 'erp.rules.yml');

const defaultTimeoutMs = 300_000;

/** Runs promtool; the output is standard output, and after it standard error. Ends it after `timeoutMs`, five minutes by default. */
export async function promtool(
  program: string,
  parameters: readonly string[],
  timeoutMs = defaultTimeoutMs,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  // Each by itself: what comes of one amid a line of the other, as on a busy machine, must not tear that line.
  let [output, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output + complaints }));
  });
}

/** A sample that a query gave. */
export interface Answer {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Series over a stretch of time, and how far apart their samples are. */
export interface Stretch {
  readonly inputSeries: readonly { series: string; values: string }[];
  readonly stepMinutes: number;
  readonly minutes: number;
}

/**
 * Feeds series to the alerting rules, step by step, and asks queries at the end. promtool only compares; so nothing
 * is expected, and what each query gave is read from the complaint.
 *
 * @returns the answers by query.
 * @throws Error when promtool says anything else.
 */
export async function evaluate(
  program: string,
  { inputSeries, stepMinutes, minutes }: Stretch,
  queries: readonly string[],
): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'erp-alerts-'));
  try {
    const file = join(folder, 'test.yml');
    const test = {
      interval: `${stepMinutes}m`,
      input_series: inputSeries,
      promql_expr_test: queries.map((expr) => ({ expr, eval_time: `${minutes}m`, exp_samples: [] })),
    };
    const document = { rule_files: [rulesFile], evaluation_interval: `${stepMinutes}m`, tests: [test] };
    await writeFile(file, stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
    const { output } = await promtool(program, ['test', 'rules', file]);
    return new Map(queries.map((query) => [query, answersTo(query, output)]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function answersTo(query: string, output: string): Answer[] {
  // Up to the next complaint: one without an answer is an error, and must not take that of another.
  const block = output.split(`expr: ${JSON.stringify(query)},`)[1]?.split(/^ +expr: /m)[0];
  const isSilent = output.includes('SUCCESS') || output.includes('expr: ');
  if (block === undefined && isSilent) return [];
  const got = /got: (.*)/.exec(block ?? '')?.[1];
  if (got === undefined) throw new Error(output);
  return [...got.matchAll(/\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} ([^ ,]+)/g)].map(([, labels = '', value = '']) => ({
    labels: Object.fromEntries(
      [...labels.matchAll(/([a-zA-Z_]+)=("(?:[^"\\]|\\.)*")/g)].map(([, name = '', text = '""']) => [
        name,
        String(JSON.parse(text)),
      ]),
    ),
    value: Number(value),
  }));
}
