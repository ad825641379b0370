import type { ErrorClass, RunContext, Sample } from '../contract.ts';
import { families } from './families.ts';
import { sample } from '../shared/samples.ts';

/** Most error classes of a company that have a series of their own. */
const mostClasses = 20;

/** A class of errors and how many open records are of it. */
export interface CountedClass {
  readonly count: number;
  readonly value: ErrorClass;
}

function labelsOf({ error, category, known, responder }: ErrorClass): Readonly<Record<string, string>> {
  return { error, category, known: String(known), responder };
}

const other: ErrorClass = { error: 'other', category: 'other', known: false, responder: '', retryWaitMs: 0 };

/** @param classes largest first. */
export function errorSamples(
  run: RunContext<unknown>,
  company: string,
  classes: readonly CountedClass[],
): Sample[] {
  const largest = classes.slice(0, mostClasses);
  const rest = classes.slice(mostClasses).reduce((sum, { count }) => sum + count, 0);
  const counted = rest === 0 ? largest : [...largest, { count: rest, value: other }];
  const newSince = run.noteErrors(
    company,
    largest.map(({ value }) => value.error),
  );
  return [
    ...counted.map(({ count, value }) => sample(families.byError, company, count, labelsOf(value))),
    ...largest.flatMap(({ value }) => {
      const since = newSince.get(value.error);
      return since === undefined ? [] : [sample(families.newError, company, since / 1000, labelsOf(value))];
    }),
  ];
}
