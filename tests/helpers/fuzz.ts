import fc from 'fast-check';

const wanted = process.env['FUZZ_SECONDS'];

/** How long each suite tries: a few seconds with the same values each time, or as long as `FUZZ_SECONDS` says with others. */
export const fuzzSeconds = Number(wanted ?? 3);

/** Whether somebody asked for it, as the nightly suite does: what takes a server of its own is tried then alone. */
export const isFuzzing = wanted !== undefined;

/** For a test that tries for `share` of that time: it must end soon after. */
export const fuzzTimeout = (share = 1): number => (fuzzSeconds * share + 120) * 1000;

/** Tries values until the time is over. A failure prints its seed. @returns how many values were tried. */
export async function fuzz<Value>(
  values: fc.Arbitrary<Value>,
  attempt: (value: Value) => Promise<void>,
  share = 1,
): Promise<number> {
  let tried = 0;
  const property = fc.asyncProperty(values, async (value) => {
    tried += 1;
    await attempt(value);
  });
  await fc.assert(property, {
    numRuns: 1_000_000_000,
    interruptAfterTimeLimit: fuzzSeconds * share * 1000,
    ...(wanted === undefined ? { seed: 11 } : {}),
    // To make a request smaller takes longer than to read it.
    endOnFailure: true,
  });
  return tried;
}
