/** A company of the demo. */
export interface DemoCompany {
  readonly name: 'acme' | 'globex';
  /** In which its orders are; the first is the usual one. */
  readonly currencies: readonly string[];
  readonly customers: readonly string[];
  /** What its documents' numbers begin with. */
  readonly prefix: string;
  /** Seconds between two orders, least and most. */
  readonly orderEvery: readonly [number, number];
}

/** The two companies that share the shop and the ERP. */
export const companies: readonly DemoCompany[] = [
  {
    name: 'acme',
    currencies: ['EUR'],
    customers: ['Bakkerij Janssens', 'Garage De Smet', 'Hotel Leopold', 'Brouwerij ’t Veer', 'Stad Mechelen'],
    prefix: '1',
    orderEvery: [2, 6],
  },
  {
    name: 'globex',
    currencies: ['CHF', 'CHF', 'EUR'],
    customers: [
      'Müller & Söhne AG',
      'Gasthof zum Löwen',
      'Zürcher Werkzeuge',
      'Alpina Sport GmbH',
      'Spital Uster',
    ],
    prefix: '2',
    orderEvery: [3, 8],
  },
];
