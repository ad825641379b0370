import { z } from 'zod';
import { TrackerError } from '../contract.ts';
import type { TicketView } from '../contract.ts';
import { instantOf } from './shared/time.ts';

const nameOrId = z.union([z.string().min(1), z.int().positive()]);
type NameOrId = z.output<typeof nameOrId>;

export const settings = z.strictObject({
  api_key_file: z
    .string()
    .min(1)
    .describe('File with the API key of the account that writes the tickets.')
    .meta({ examples: ['/run/secrets/redmine'] }),
  project: z
    .string()
    .min(1)
    .describe('Identifier of the project.')
    .meta({ examples: ['erp-links'] }),
  tracker: nameOrId
    .optional()
    .describe("Name or number of the project's tracker. Absent: its first.")
    .meta({ examples: ['Bug'] }),
  critical_priority: nameOrId
    .optional()
    .describe('Name or number of the priority of critical tickets. Absent: the next above the default one.')
    .meta({ examples: ['Urgent'] }),
  open_status: nameOrId
    .optional()
    .describe('Name or number of the status of a ticket that is opened again. Absent: the first open one.')
    .meta({ examples: ['New'] }),
  closed_status: nameOrId
    .optional()
    .describe(
      'Name or number of the status of a ticket that is done. Absent: the first closed one that is not among `rejected_statuses`.',
    )
    .meta({ examples: ['Closed'] }),
  rejected_statuses: z
    .array(nameOrId)
    .default(['Rejected', 'Afgewezen', 'Abgewiesen', 'Rejeté'])
    .describe(
      'Names or numbers of the statuses that say that nothing will be done. Those that are not there do no harm.',
    )
    .meta({ examples: [['Rejected']] }),
  marker_field: z
    .int()
    .positive()
    .optional()
    .describe(
      'Number of a custom field (text, usable as a filter) for the marker by which the exporter finds its tickets. Absent: it is the last line of the description.',
    )
    .meta({ examples: [7] }),
  text_formatting: z
    .enum(['textile', 'markdown'])
    .default('textile')
    .describe('How this Redmine formats texts; `markdown` stands for CommonMark too.')
    .meta({ examples: ['markdown'] }),
});
export type Settings = z.output<typeof settings>;

const reference = z.object({ id: z.number(), name: z.string() });
const statusSchema = reference.extend({ is_closed: z.boolean().default(false) });
type Status = z.output<typeof statusSchema>;
export const statusesAnswer = z.object({ issue_statuses: z.array(statusSchema) });
export const trackersAnswer = z.object({ project: z.object({ trackers: z.array(reference).default([]) }) });
export const fieldsAnswer = z.object({
  project: z.object({ issue_custom_fields: z.array(z.object({ id: z.number() })).optional() }),
});
export const prioritiesAnswer = z.object({
  issue_priorities: z.array(
    reference.extend({ is_default: z.boolean().default(false), active: z.boolean().default(true) }),
  ),
});
export const userAnswer = z.object({ user: z.object({ id: z.number() }) });
export const createdAnswer = z.object({ issue: z.object({ id: z.number() }) });
export const entriesAnswer = z.object({ time_entries: z.array(z.object({ created_on: z.string() })) });

const change = z.object({
  name: z.string(),
  old_value: z.string().nullish(),
  new_value: z.string().nullish(),
});
const journal = z.object({
  user: z.object({ id: z.number() }).optional(),
  notes: z.string().nullish(),
  created_on: z.string(),
  details: z.array(change).default([]),
});
const issueSchema = z.object({
  id: z.number(),
  description: z.string().nullish(),
  status: z.object({ id: z.number() }),
  created_on: z.string(),
  updated_on: z.string().nullish(),
  closed_on: z.string().nullish(),
  spent_hours: z.number().nullish(),
  custom_fields: z.array(z.object({ id: z.number(), value: z.unknown() })).optional(),
  journals: z.array(journal).default([]),
  allowed_statuses: z.array(z.object({ id: z.number() })).optional(),
});
export type Issue = z.output<typeof issueSchema>;
export const issueAnswer = z.object({ issue: issueSchema });
export const issuesAnswer = z.object({ issues: z.array(issueSchema) });

/** Redmine writes the times of a change and of its ticket one after the other, in whole seconds. */
const slackMs = 2000;

function isNamed({ id, name }: z.output<typeof reference>, wanted: NameOrId): boolean {
  return id === wanted || name === wanted;
}

/** @throws TrackerError `login`: somebody can mend the configuration. */
export function named<Thing extends z.output<typeof reference>>(
  all: readonly Thing[],
  wanted: NameOrId,
  what: string,
): Thing {
  const found = all.find((one) => isNamed(one, wanted));
  if (found === undefined) throw new TrackerError('login', `Redmine has no ${what} ${wanted}`);
  return found;
}

/** The statuses of a Redmine, in its order, and what they mean to the bridge. */
export class Statuses {
  readonly #all: readonly Status[];
  readonly #settings: Settings;

  constructor(all: readonly Status[], given: Settings) {
    this.#all = all;
    this.#settings = given;
  }

  #isRejected(one: Status): boolean {
    return this.#settings.rejected_statuses.some((wanted) => isNamed(one, wanted));
  }

  stateOf(id: number): TicketView['state'] {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined) return 'open';
    if (this.#isRejected(found)) return 'rejected';
    return found.is_closed ? 'closed' : 'open';
  }

  /** @throws TrackerError `login` when there is none. */
  idOf(state: 'open' | 'closed'): number {
    const { open_status, closed_status } = this.#settings;
    const wanted = state === 'open' ? open_status : closed_status;
    if (wanted !== undefined) return named(this.#all, wanted, 'status').id;
    const found = this.#all.find((one) => one.is_closed === (state === 'closed') && !this.#isRejected(one));
    if (found === undefined) throw new TrackerError('login', `Redmine has no ${state} status`);
    return found.id;
  }

  isReopening({ name, old_value, new_value }: z.output<typeof change>): boolean {
    const isOpen = (id: string | null | undefined) => this.stateOf(Number(id)) === 'open';
    return name === 'status_id' && !isOpen(old_value) && isOpen(new_value);
  }
}

/** Whether the ticket changed after all that the login may see of its history, such as by a private note. */
export function hidesChanges({ created_on, updated_on, journals }: Issue): boolean {
  const seen = [created_on, ...journals.map((one) => one.created_on)].map((at) => instantOf(at) ?? 0);
  return (instantOf(updated_on) ?? 0) > Math.max(...seen) + slackMs;
}
