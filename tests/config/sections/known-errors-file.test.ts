import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { shippedErrorsFile } from '../../../src/config/sections/known-errors-file.ts';
import { knownErrorSchema, responders } from '../../../src/known-errors/catalogue.ts';

it('has shipped entries whose patterns are good: no start tries them', () => {
  const { errors } = parse(readFileSync(shippedErrorsFile, 'utf8')) as { errors: readonly unknown[] };
  expect(errors.length).toBeGreaterThan(50);
  const schema = knownErrorSchema(responders);
  for (const entry of errors) expect(schema.safeParse(entry).error, JSON.stringify(entry)).toBeUndefined();
});
