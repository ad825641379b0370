import type { Reading, RunContext, Sample } from '../contract.ts';
import { readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/cells.ts';
import { Notes } from '../shared/notes.ts';
import { sample } from '../shared/samples.ts';
import { metricsOf, queryOf } from './metrics.ts';
import type { Metric } from './metrics.ts';
import type { Settings } from './settings.ts';
import { measure, noteUnjudged, statusOf, thresholdSamples } from './standing.ts';

/** The series that a row makes of a metric; none, and a note, when the value is NULL or no finite number. */
function sampleOf({ family, settings: entry }: Metric, row: Cells, company: string, notes: Notes): Sample[] {
  const value = row.figure(entry.value);
  if (value === null) {
    notes.count(`query: rows in which ${entry.value} is NULL make no series of ${family.name}`);
    return [];
  }
  const labels = Object.fromEntries(entry.labels.map((label) => [label, row.text(label)]));
  return [sample(family, company, value, labels)];
}

/** One run of kind `query`. @throws RunError, DatabaseError as `MonitorKind.observe` has it. */
export async function observe(run: RunContext<Settings>): Promise<Reading> {
  const notes = new Notes();
  const metrics = metricsOf(run.settings);
  const byCompany = new Map<string, Sample[]>();
  const { truncated } = await readRows(run, queryOf(run.settings), notes, (row, company) => {
    const samples = byCompany.get(company) ?? [];
    byCompany.set(company, samples);
    for (const metric of metrics) samples.push(...sampleOf(metric, row, company, notes));
  });
  const companies = run.companies.map((company) => {
    const emptyValues = metrics.flatMap(({ family, settings: { empty } }) =>
      empty === undefined ? [] : [sample(family, company, empty)],
    );
    const samples = byCompany.get(company) ?? emptyValues;
    return { company, samples, measured: measure(metrics, samples) };
  });
  for (const { measured } of companies) noteUnjudged(measured, notes);
  return {
    samples: companies.flatMap(({ company, samples, measured }) => [
      ...samples,
      ...measured.flatMap((each) => thresholdSamples(company, each)),
    ]),
    statuses: companies.map(({ company, samples, measured }) => statusOf(company, samples.length, measured)),
    records: [],
    truncated,
    notes: notes.toArray(),
  };
}
