import type { TrackerKind } from '../../../tickets/contract.ts';
import type { TrackerSettings } from '../../config.ts';
import { builtinType, remoteCommonSchema, trackerSchema } from '../../schema/tickets.ts';
import type { BuiltinEntry } from '../../schema/tickets.ts';
import { resolveBeside } from '../../source/files.ts';
import { isOwnMachine, namedCertificates } from '../../source/named-file.ts';
import type { Path } from '../../source/path.ts';
import type { Report } from '../../source/report.ts';
import { entriesOf } from '../entries.ts';
import type { Mapping } from '../entries.ts';

/** What reading `tickets:` needs besides the file's data. */
export interface TicketsContext {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly kinds: readonly TrackerKind[];
}

/** The keys of a type, those that name a file as absolute paths. */
function ownSettings(entry: Mapping, keys: readonly string[], file: string): Mapping {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = entry[key];
      if (value === undefined) return [];
      return [[key, key.endsWith('_file') && typeof value === 'string' ? resolveBeside(file, value) : value]];
    }),
  );
}

function checkTransport({ protocol, hostname }: URL, path: Path, report: Report): void {
  if (protocol === 'http:' && !isOwnMachine(hostname))
    report.warn([...path, 'url'], 'the login crosses the network unencrypted; use https');
}

/** @param written the entry as it stands in the file. @param entry the same, read by its schema. */
async function readRemote(
  name: string,
  { written, entry }: { readonly written: unknown; readonly entry: Mapping },
  context: TicketsContext,
): Promise<TrackerSettings> {
  const { kinds, report, file } = context;
  const path = ['tickets', 'trackers', name];
  const { url, companies, timeout, allow_private, tls_ca_file } = remoteCommonSchema.parse(written);
  const kind = kinds.find(({ type }) => type === entry['type']);
  checkTransport(new URL(url), path, report);
  const ca = await namedCertificates(tls_ca_file, [...path, 'tls_ca_file'], context);
  return {
    name,
    type: kind?.type ?? '',
    companies: companies === 'all' ? 'all' : new Set(companies),
    url: url.replace(/\/+$/, ''),
    allowsPrivate: allow_private,
    timeoutMs: timeout,
    ...(ca === undefined ? {} : { ca }),
    settings: ownSettings(entry, Object.keys(kind?.settings.shape ?? {}), file),
  };
}

function builtin(name: string, companies: BuiltinEntry['companies']): TrackerSettings {
  return {
    name,
    type: builtinType,
    companies: companies === 'all' ? 'all' : new Set(companies),
    url: '',
    allowsPrivate: false,
    timeoutMs: 0,
    settings: {},
  };
}

/** Two of them would show their tickets on the same pages. */
function checkBuiltins(trackers: readonly TrackerSettings[], report: Report): void {
  const [, second] = trackers.filter(({ type }) => type === builtinType);
  if (second !== undefined)
    report.problem(
      ['tickets', 'trackers', second.name],
      'is a second built-in tracker; there is but one: name the companies of both in the first',
      'key',
    );
}

/** Reads `tickets.trackers` and collects the problems. @returns the valid ones, by name. */
export async function readTrackers(
  tickets: Mapping,
  context: TicketsContext,
): Promise<ReadonlyMap<string, TrackerSettings>> {
  const schema = trackerSchema(context.kinds);
  const found: TrackerSettings[] = [];
  for (const [name, written] of entriesOf(tickets, 'trackers')) {
    const entry: Mapping | undefined = context.report.read(schema, written, ['tickets', 'trackers', name]);
    if (entry === undefined) continue;
    found.push(
      entry['type'] === builtinType
        ? builtin(name, remoteCommonSchema.shape.companies.parse(entry['companies']))
        : await readRemote(name, { written, entry }, context),
    );
  }
  checkBuiltins(found, context.report);
  return new Map(found.map((tracker) => [tracker.name, tracker]));
}
