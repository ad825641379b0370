/** What a failure's text may name. */
export interface FailureFacts {
  /** The document's own number. */
  readonly id: string;
  readonly party: string;
  readonly currency: string;
  readonly amount: string;
  /** A number for whatever else the text counts. */
  readonly number: number;
  /** `2026-11-21`. */
  readonly date: string;
}

/** One way in which the other side refuses a document. */
export interface FailureKind {
  /** Namespaced like the codes of known errors; the last resort of an integration is the bare status of the call. */
  readonly code: string;
  readonly message: (facts: FailureFacts) => string;
  /** How often, compared with its neighbours. */
  readonly weight: number;
  /** What ends it, for the running commentary; absent when the integration's own retry does. */
  readonly repair?: string;
  /** The document had arrived after all: the repair must not send it again. */
  readonly arrived?: boolean;
  /** Nothing is left to repair once its cause is gone: what failed while it lasted goes out with the next attempt. */
  readonly passes?: boolean;
}

/** An answer of an API under quota; also what a scripted burst of failures consists of. */
export const rateLimit: FailureKind = {
  code: 'http:429',
  message: ({ number }) =>
    `429 Too Many Requests: rate limit of 600 calls per minute exceeded, retry after ${(number % 50) + 10} seconds`,
  weight: 1,
};

/** A mail server that turns every e-mail away; what a scripted burst of failed e-mails consists of. */
export const mailRefused: FailureKind = {
  code: 'smtp:554',
  message: () => '554 5.7.1 Service unavailable; client host [10.20.0.11] blocked',
  weight: 1,
  repair: 'the mail server takes e-mails again',
  passes: true,
};

const timeout: FailureKind = {
  code: 'node:ETIMEDOUT',
  message: () => 'connect ETIMEDOUT 10.20.0.14:7048',
  weight: 2,
};

const closedPeriod: FailureKind = {
  code: 'http:400',
  message: ({ date }) => `Posting Date ${date} is not within your range of allowed posting dates.`,
  weight: 1,
  repair: 'bookkeeping opened the period',
};

export const orderFailures: readonly FailureKind[] = [
  {
    code: 'http:422',
    message: ({ party, currency, number }) =>
      `Credit limit of customer ${party} is exceeded by ${currency} ${number}.00`,
    weight: 3,
    repair: 'bookkeeping raised the credit limit',
  },
  {
    code: 'http:400',
    message: ({ number }) => `Item SKU-${number} does not exist.`,
    weight: 3,
    repair: 'the article was created in the ERP',
  },
  {
    code: 'http:400',
    message: ({ party }) => `Customer ${party} was not found.`,
    weight: 2,
    repair: 'the customer was created in the ERP',
  },
  {
    code: 'http:409',
    message: ({ id }) => `Order ${id} already exists.`,
    weight: 1,
    repair: 'it had arrived, so somebody marked it as exported',
    arrived: true,
  },
  {
    code: 'http:400',
    message: ({ number }) => `You cannot sell item SKU-${number} because it is Sales Blocked.`,
    weight: 1,
    repair: 'the article was taken off the website, the line replaced',
  },
  closedPeriod,
  { ...rateLimit, weight: 2 },
  timeout,
  {
    code: 'http:400',
    message: ({ number }) => `Ausnahme 0x${(number * 7919).toString(16).toUpperCase()} in Belegfreigabe`,
    weight: 1,
    repair: 'the ERP partner released the document by hand',
  },
];

export const paymentFailures: readonly FailureKind[] = [
  {
    code: 'http:422',
    message: ({ currency, amount }) =>
      `Payment amount ${currency} ${amount} does not match the open amount of the invoice.`,
    weight: 3,
    repair: 'bookkeeping booked the difference',
  },
  { ...closedPeriod, weight: 2 },
  {
    code: 'mssql:1205',
    message: ({ number }) =>
      `Transaction (Process ID ${(number % 90) + 51}) was deadlocked on lock resources and has been chosen as the deadlock victim.`,
    weight: 2,
  },
  rateLimit,
];

export const customerFailures: readonly FailureKind[] = [
  {
    code: 'http:400',
    message: ({ party }) =>
      `VAT Registration No. must have a value in Customer: Name=${party}. It cannot be zero or empty.`,
    weight: 3,
    repair: 'the shop admin filled in the VAT number',
  },
  {
    code: 'mssql:2628',
    message: () => "String or binary data would be truncated in table 'Customer', column 'Search Name'.",
    weight: 2,
    repair: 'the name was shortened',
  },
  {
    code: 'mssql:1222',
    message: () => 'Lock request time out period exceeded: the record is locked by another user.',
    weight: 2,
  },
];

export const emailFailures: readonly FailureKind[] = [
  {
    code: 'smtp:550',
    message: () => '550 5.1.1 Recipient address rejected: User unknown',
    weight: 3,
    repair: 'the address was corrected',
  },
  { code: 'smtp:452', message: () => '452 4.2.2 Mailbox full', weight: 1 },
  { code: 'smtp:421', message: () => '421 4.7.0 Mail server not available, try again later', weight: 2 },
];

export const invoiceFailures: readonly FailureKind[] = [
  {
    code: 'http:413',
    message: ({ number }) =>
      `413 Payload Too Large: attachment of ${number + 2049} kB, at most 2048 kB allowed`,
    weight: 2,
    repair: 'the pictures in the PDF were made smaller',
  },
  { code: 'http:401', message: () => '401 Unauthorized: access token expired', weight: 2 },
  { code: 'http:503', message: () => '503 Service Unavailable', weight: 2 },
];
