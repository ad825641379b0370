import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('can be executed, so that npx finds it after each build', () => {
  expect(statSync(program).mode & 0o111).toBe(0o111);
});

it('prints its version and its help', () => {
  expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(run('--version').stdout).toMatch(/^erp-exporter \d+\.\d+\.\d+ \(node v\d+/);
  const help = run('--help');
  expect(help.status).toBe(0);
  for (const command of [
    'serve',
    'check',
    'try',
    'columns',
    'explain',
    'alertmanager',
    'notify-test',
    'report',
    'demo',
  ])
    expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
});

it('answers a command line that it does not understand with exit code 2 and what is wrong', () => {
  expect(run('chek')).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('there is no command "chek"; did you mean check?') as string,
  });
});

it('says what is wrong with its configuration, and ends with 1', () => {
  const { status, stderr } = run('serve', '--config.file=missing.yml');
  expect(stderr).toContain('missing.yml:1:1: cannot be read: the file does not exist');
  expect(status).toBe(1);
});

it('takes it quietly when nobody reads to the end', () => {
  const command = `"${process.execPath}" "${program}" explain deadlock | head -n 1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(stdout).toMatch(/^deadlock /);
  expect(stderr).toBe('');
});

it('lists at its start every problem of a file, however many there are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'main-'));
  const file = join(folder, 'erp-exporter.yml');
  writeFileSync(file, Array.from({ length: 80 }, (_, index) => `unknown_key_${index}: 1\n`).join(''));
  const { status, stderr } = run('serve', '--config.file', file);
  rmSync(folder, { recursive: true });
  expect(status).not.toBe(0);
  expect(stderr.length).toBeGreaterThan(4000);
  expect(stderr).toContain('unknown_key_79: unknown key');
});
