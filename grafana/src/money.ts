import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

/** The currencies whose amounts bear their own code, and in a graph have an axis of their own. */
const currencies = [
  'EUR',
  'CHF',
  'GBP',
  'USD',
  'DKK',
  'SEK',
  'NOK',
  'PLN',
  'CZK',
  'HUF',
  'RON',
  'BGN',
  'TRY',
];

/** Unit of an amount whose currency the legend names alone. */
export const amount = 'currency:financial: ';
/** Pixels at which amounts of two currencies stand side by side in a third of the page: seven digits and the cents. */
export const amountSize = 20;

/** Makes each series, and each threshold, whose legend begins with a currency bear it: two currencies never share an axis. */
export function perCurrency(panel: {
  overrideByRegexp(pattern: string, properties: dashboard.DynamicConfigValue[]): unknown;
}): void {
  for (const code of currencies)
    panel.overrideByRegexp(`/^(Threshold \\(\\w+\\): )?${code}( |$)/`, [
      { id: 'unit', value: `currency:financial:${code} ` },
    ]);
}
