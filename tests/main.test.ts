import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('prints its version and its help', () => {
  expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(run('--version').stdout).toMatch(/^erp-exporter \d+\.\d+\.\d+ \(node v\d+/);
  const help = run('--help');
  expect(help.status).toBe(0);
  for (const command of ['serve', 'check', 'try', 'explain', 'alertmanager', 'notify-test', 'demo'])
    expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
});

it.each([
  [['bogus'], 'there is no command "bogus"'],
  [['constructor'], 'there is no command "constructor"'],
  [['try'], 'try: name a monitor of the configuration'],
  [['check', 'more'], '"more" is one word too many'],
  [['--colour'], "Unknown option '--colour'"],
  [['--log.level=loud'], '--log.level "loud": write one of debug, info, warn, error'],
  [
    ['--web.listen-address=9745'],
    '--web.listen-address "9745": write host:port or :port, such as :9745 or 127.0.0.1:9745',
  ],
  [
    ['--web.external-url=erp'],
    '--web.external-url "erp": write a whole URL, such as https://monitor.example/erp',
  ],
])('answers %j with exit code 2 and what is wrong', (args, message) => {
  const { status, stderr } = run(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

it('says what is wrong with its configuration, and ends with 1', () => {
  const { status, stderr } = run('serve', '--config.file=missing.yml');
  expect(stderr).toContain('missing.yml:1:1: cannot be read: there is no such file');
  expect(status).toBe(1);
});

it('takes it quietly when nobody reads to the end', () => {
  const command = `"${process.execPath}" "${program}" explain deadlock | head -n 1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(stdout).toMatch(/^deadlock /);
  expect(stderr).toBe('');
});
