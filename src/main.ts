#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { refusalOf } from './node-version.ts';

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { engines } = JSON.parse(manifest) as { engines: { node: string } };
const refusal = refusalOf(process.version, engines.node);

// Nothing else is imported before this is known: an older Node.js would fail amid the work, or not even read the files.
if (refusal === undefined) {
  const { setFlagsFromString } = await import('node:v8');
  // Young objects of a poll die within it. V8 would widen their space with each load, that of the program itself included, until
  // it is a third of the memory of the process; kept small, it costs no processor time that the benchmark of scrapes can measure.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 2;
}
