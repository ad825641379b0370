/** Whether everything is computed afresh and all cases are tried, not only those of a fixed seed: `NIGHTLY=1`. */
export const isNightly = process.env['NIGHTLY'] === '1';

/** Of things that take long to try, all of them at night, else one in `every`. */
export function sampled<Thing>(things: readonly Thing[], every: number): readonly Thing[] {
  return isNightly ? things : things.filter((_, index) => index % every === 0);
}

/** How many random cases to try where each takes long: all of them at night, else one in `every`. */
export const casesOf = (all: number, every = 5): number => (isNightly ? all : Math.ceil(all / every));
