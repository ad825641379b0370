import type { Place, Trouble, World } from './world.ts';

/** The script repeats after this many seconds, with the companies changing parts. */
export const cycleSeconds = 300;

/** A planned trouble: what of which company, from and to in seconds of the cycle, and the lines that announce it. */
interface Incident {
  readonly kind: keyof Trouble;
  /** Of the company named here in even cycles, of the other one in odd ones. */
  readonly company: 'acme' | 'globex';
  readonly subject: string;
  readonly from: number;
  readonly to: number;
  /** Absent when the lines of the documents themselves say it. */
  readonly begins?: string;
  readonly ends?: string;
}

const incidents: readonly Incident[] = [
  {
    kind: 'queue',
    company: 'acme',
    subject: 'orders',
    from: 15,
    to: 130,
    begins: 'the export of orders stands still, orders queue up',
    ends: 'the export of orders runs again and works off its queue',
  },
  {
    kind: 'burst',
    company: 'globex',
    subject: 'payments',
    from: 30,
    to: 60,
    begins: 'the ERP limits the rate of calls',
    ends: 'the ERP takes payments again',
  },
  {
    kind: 'burst',
    company: 'globex',
    subject: 'emails',
    from: 20,
    to: 75,
    begins: 'the mail server refuses every e-mail',
    ends: 'the mail server takes e-mails again',
  },
  {
    kind: 'jobFails',
    company: 'acme',
    subject: 'stock-in',
    from: 60,
    to: 140,
    begins: 'the supplier delivers no stock file',
    ends: 'the supplier delivers stock files again',
  },
  {
    kind: 'syncStops',
    company: 'globex',
    subject: 'crm',
    from: 80,
    to: 185,
    begins: 'the CRM synchronisation has stopped',
    ends: 'the CRM synchronisation was started again',
  },
  {
    kind: 'jobHangs',
    company: 'globex',
    subject: 'orders-out',
    from: 150,
    to: 260,
    begins: 'a table lock in the ERP holds up datamove orders-out',
    ends: 'an operator cancels datamove orders-out',
  },
  // Of each of these the first document to arrive is the one; it is put right at the end.
  { kind: 'loses', company: 'globex', subject: 'orders', from: 15, to: 160 },
  { kind: 'alters', company: 'acme', subject: 'payments', from: 65, to: 195 },
  { kind: 'loses', company: 'globex', subject: 'payments', from: 120, to: 240 },
  { kind: 'doubles', company: 'acme', subject: 'payments', from: 200, to: 290 },
];

const noTrouble: Trouble = {
  queue: new Set(),
  burst: new Set(),
  jobFails: new Set(),
  jobHangs: new Set(),
  syncStops: new Set(),
  loses: new Set(),
  alters: new Set(),
  doubles: new Set(),
};

const other = { acme: 'globex', globex: 'acme' } as const;

interface Casting {
  readonly incident: Incident;
  readonly company: 'acme' | 'globex';
}

/** What the script plays at a moment, counted in seconds from the start. */
function playing(elapsed: number): readonly Casting[] {
  const at = elapsed % cycleSeconds;
  const swapped = Math.floor(elapsed / cycleSeconds) % 2 === 1;
  return incidents
    .filter(({ from, to }) => from <= at && at < to)
    .map((incident) => ({ incident, company: swapped ? other[incident.company] : incident.company }));
}

/** The troubles of a moment, in seconds from the start. */
export function troubleAt(elapsed: number): Trouble {
  const trouble: Record<keyof Trouble, ReadonlySet<Place>> = { ...noTrouble };
  for (const { incident, company } of playing(elapsed)) {
    const place: Place = `${company}/${incident.subject}`;
    trouble[incident.kind] = new Set([...trouble[incident.kind], place]);
  }
  return trouble;
}

/** Announces which troubles began and ended between two moments, in seconds from the start. */
export function announce(before: number, now: number, world: World): void {
  const key = ({ incident, company }: Casting): string => `${company} ${incident.kind} ${incident.subject}`;
  const was = playing(before);
  const is = playing(now);
  const missing = (from: readonly Casting[], list: readonly Casting[]): Casting[] =>
    from.filter((entry) => !list.some((candidate) => key(candidate) === key(entry)));
  const narrate = (company: string, text: string | undefined): void => {
    if (text !== undefined) world.narrate(company, text, 'script');
  };
  for (const { incident, company } of missing(was, is)) narrate(company, incident.ends);
  for (const { incident, company } of missing(is, was)) narrate(company, incident.begins);
}
