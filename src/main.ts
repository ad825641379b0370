#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { refusalOf } from './node-version.ts';

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { engines } = JSON.parse(manifest) as { engines: { node: string } };
const refusal = refusalOf(process.version, engines.node);

// Nothing else is imported before this is known: an older Node.js would fail amid the work, or not even read the files.
if (refusal === undefined) {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 2;
}
