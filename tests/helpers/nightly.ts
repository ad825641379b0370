/** Whether everything is computed afresh and all cases are tried, not only those of a fixed seed: `NIGHTLY=1`. */
export const isNightly = process.env['NIGHTLY'] === '1';
