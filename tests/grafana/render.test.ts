import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeReal } from '../helpers/real.ts';

const folder = fileURLToPath(new URL('../../grafana/render/', import.meta.url));
const minute = 60_000;

/** Runs a script of the package. @returns an empty text, or the end of what it printed when it failed. */
function failureOf(script: string, timeout: number): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['run', '--silent', script],
      { cwd: folder, timeout, maxBuffer: 2 ** 27 },
      (error, stdout, stderr) =>
        resolve(error === null ? '' : `${error.message}\n${stdout}${stderr}`.slice(-8000)),
    );
  });
}

describeReal(
  "the dashboards in Grafana's own code",
  ['grafana-render', 'prometheus', 'promtool', 'chromium'],
  () => {
    it('have a check whose types hold', { timeout: 5 * minute }, async () => {
      expect(await failureOf('typecheck', 5 * minute)).toBe('');
    });

    it('have a check in the style of the house', { timeout: 5 * minute }, async () => {
      expect(await failureOf('lint', 5 * minute)).toBe('');
    });

    it('show what is true: grafana/render/README.md names the rules', { timeout: 20 * minute }, async () => {
      expect(await failureOf('test', 20 * minute)).toBe('');
    });
  },
);
