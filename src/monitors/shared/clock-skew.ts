/** Milliseconds that a row may lie in the future without a note: the clocks of two machines are never quite the same. */
export const toleratedSkewMs = 60_000;
