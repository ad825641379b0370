import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Classifier } from '../../src/known-errors/classify.ts';

const schema = z.strictObject({
  errors: z.array(
    z.strictObject({
      text: z.string().min(1),
      code: z.string().optional(),
      system: z.string(),
      language: z.enum(['en', 'nl', 'de', 'fr']),
      class: z.string(),
      also: z.array(z.string()).default([]),
      origin: z.enum(['report', 'documentation', 'translation']),
      source: z.string(),
    }),
  ),
});

/** An error text of a real system with the class that is right for it. */
export type Sample = z.infer<typeof schema>['errors'][number];

/** Whether a text is kept for the test alone. It depends on nothing but the text, so that nobody can move one. */
function isHeldOut({ text }: Sample): boolean {
  return (createHash('sha256').update(text).digest()[3] ?? 0) % 2 === 1;
}

function readSamples(name: string): readonly Sample[] {
  const file = new URL(`../fixtures/known-errors/${name}.yml`, import.meta.url);
  return schema.parse(parse(readFileSync(file, 'utf8'))).errors;
}

/**
 * The corpus: `known`, from which the catalogue may be written, as from `development`, which was collected later; `heldOut`,
 * the other half of the first; `unseen`, drawn at random after the catalogue had been written; `collected`, which came
 * later, with its own half for the test, `collectedHeldOut`; and `fresh` and `freshHeldOut`,
 * the halves of what was collected after the patterns had been widened from it; `gathered` and `gatheredHeldOut`, the same once more;
 * and `drawn` and `drawnHeldOut`, drawn at
 * random after the wide patterns had been written.
 */
export function readCorpus(): Readonly<
  Record<
    | 'known'
    | 'development'
    | 'heldOut'
    | 'unseen'
    | 'collected'
    | 'collectedHeldOut'
    | 'fresh'
    | 'freshHeldOut'
    | 'gathered'
    | 'gatheredHeldOut'
    | 'drawn'
    | 'drawnHeldOut',
    readonly Sample[]
  >
> {
  const all = readSamples('corpus');
  const collected = readSamples('collected');
  const fresh = readSamples('fresh');
  const gathered = readSamples('gathered');
  const drawn = readSamples('drawn');
  return {
    known: all.filter((sample) => !isHeldOut(sample)),
    development: readSamples('development'),
    heldOut: all.filter(isHeldOut),
    unseen: readSamples('unseen'),
    collected: collected.filter((sample) => !isHeldOut(sample)),
    collectedHeldOut: collected.filter(isHeldOut),
    fresh: fresh.filter((sample) => !isHeldOut(sample)),
    freshHeldOut: fresh.filter(isHeldOut),
    gathered: gathered.filter((sample) => !isHeldOut(sample)),
    gatheredHeldOut: gathered.filter(isHeldOut),
    drawn: drawn.filter((sample) => !isHeldOut(sample)),
    drawnHeldOut: drawn.filter(isHeldOut),
  };
}

/** What a classifier made of a text: `unknown` where it should have known the class. */
export type Verdict = 'right' | 'wrong' | 'unknown';

export function judge({ classify }: Classifier, sample: Sample): { verdict: Verdict; error: string } {
  const { error, known } = classify({ message: sample.text, code: sample.code ?? '', flow: 'orders' });
  const name = known ? error : 'unknown';
  const isRight = name === sample.class || sample.also.includes(name);
  return { verdict: isRight ? 'right' : known ? 'wrong' : 'unknown', error: name };
}
