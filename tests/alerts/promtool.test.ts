import { expect, it } from 'vitest';
import { promtool } from './support/promtool.ts';

it('reads each stream as a whole, in whichever order they come', async () => {
  const script = `
    process.stderr.write('got: {a="1"} 1, {a=');
    setTimeout(() => process.stdout.write('Unit Testing: test.yml\\n'), 50);
    setTimeout(() => process.stderr.write('"2"} 1\\n'), 100);`;
  const { output, code } = await promtool(process.execPath, ['-e', script]);
  expect(output).toBe('Unit Testing: test.yml\ngot: {a="1"} 1, {a="2"} 1\n');
  expect(code).toBe(0);
});

it('ends a program that takes too long', async () => {
  const { code } = await promtool(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], 50);
  expect(code).toBe(null);
});
