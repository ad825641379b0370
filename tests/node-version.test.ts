import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../src/node-version.ts';

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { engines } = JSON.parse(readFileSync(path('package.json'), 'utf8')) as { engines: { node: string } };

describe('the Node.js that is needed', () => {
  // Where `node:sqlite` needs a flag, or is not there at all.
  it.each(['v16.20.2', 'v18.20.4', 'v20.20.2', 'v21.7.3', 'v22.0.0', 'v22.12.0', 'v23.0.0', 'v23.3.0'])(
    'is not %s',
    (version) =>
      expect(refusalOf(version, engines.node)).toBe(
        'erp-exporter needs Node.js 22.16.0 or a later 22.x, or 24.0.0 or later, ' +
          `and this is Node.js ${version.slice(1)}.`,
      ),
  );

  it.each(['v22.16.0', 'v22.21.1', 'v24.0.0', 'v24.21.0', 'v25.0.0-nightly20260101', 'v100.0.0'])(
    'may be %s',
    (version) => expect(refusalOf(version, engines.node)).toBeUndefined(),
  );

  it('reads the patch level too', () => {
    expect(refusalOf('v22.13.0', '^22.13.1')).toContain('needs Node.js 22.13.1 or a later 22.x, and');
    expect(refusalOf('v22.13.2', '^22.13.1')).toBeUndefined();
    expect(refusalOf('v30.0.0', '^22.13.1')).toBeDefined();
  });
});

describe('main.js on an old Node.js', () => {
  it('says so in one sentence, with exit code 2, and imports nothing else', () => {
    const script = `
      Object.defineProperty(process, 'version', { value: 'v20.20.2' });
      // What is new since then is not there.
      for (const [owner, name] of [[Promise, 'withResolvers'], [Array, 'fromAsync'], [URL, 'parse']]) delete owner[name];
      process.argv = [process.argv[0], 'main.js', 'check', '--connect'];
      await import(${JSON.stringify(path('dist/main.js'))});`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe(`${refusalOf('v20.20.2', engines.node) ?? ''}\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it.each(['dist/main.js', 'dist/node-version.js'])('can read %s', (name) => {
    const text = readFileSync(path(name), 'utf8');
    // A file without newer syntax is the same whether or not it is translated for Node.js 16.
    const forTarget = (target: ts.ScriptTarget) =>
      ts.transpileModule(text, { compilerOptions: { target, module: ts.ModuleKind.ESNext } }).outputText;
    expect(forTarget(ts.ScriptTarget.ES2021)).toBe(forTarget(ts.ScriptTarget.ESNext));
    const imports = [...text.matchAll(/^import .* from '(.*)';$/gm)].map(([, from = '']) => from);
    expect(imports.filter((from) => from !== 'node:fs' && from !== './node-version.js')).toEqual([]);
  });
});
