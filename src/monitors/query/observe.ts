import { columnTypes, companyColumn, readRows } from '../shared/columns.ts';
import type { Cells } from '../shared/columns.ts';
import type { ColumnSpec, Family, MonitorKind, MonitorQuery, Sample } from '../contract.ts';
import { Notes } from '../shared/notes.ts';
import { problems, settings } from './settings.ts';
import type { MetricSettings, Settings } from './settings.ts';
import { polledHelp, sample } from '../shared/samples.ts';

/** A metric of the settings with the family that is made of it. */
interface Metric {
  readonly settings: MetricSettings;
  readonly family: Family;
}

function metricsOf({ metrics }: Settings): Metric[] {
  return metrics.map((entry) => {
    const { name, help, type, labels, unit } = entry;
    const family = { name, help: polledHelp(help), type, labels, ...(unit === undefined ? {} : { unit }) };
    return { settings: entry, family };
  });
}

/** Every column that a metric names, once; one that is a value here and a label there must do as a value. */
function columnsOf({ metrics }: Settings): ColumnSpec[] {
  const columns = new Map<string, ColumnSpec>([[companyColumn.name, companyColumn]]);
  for (const { name, labels } of metrics)
    for (const label of labels)
      columns.set(label, {
        name: label,
        types: columnTypes.text,
        required: true,
        description: `a label of ${name}`,
      });
  for (const { name, value } of metrics)
    columns.set(value.toLowerCase(), {
      name: value,
      types: columnTypes.figure,
      required: true,
      description: `the value of ${name}`,
    });
  return [...columns.values()];
}

function queryOf(given: Settings): MonitorQuery {
  return { key: 'query', database: given.database, sql: given.query, columns: columnsOf(given) };
}

/** The series that a row makes of a metric; none, and a note, when the value is NULL or no finite number. */
function sampleOf({ family, settings: entry }: Metric, row: Cells, company: string, notes: Notes): Sample[] {
  const value = row.number(entry.value);
  if (value === null) {
    notes.count(`query: rows in which ${entry.value} is NULL make no series of ${family.name}`);
    return [];
  }
  const labels = Object.fromEntries(entry.labels.map((label) => [label, row.text(label)]));
  return [sample(family, company, value, labels)];
}

/** Any query as gauges or counters: rows become series, columns become values and labels. */
export const query: MonitorKind<typeof settings> = {
  kind: 'query',
  description: 'Any query: its rows become series, its columns their values and labels.',
  settings,
  documentedFamilies: [],
  families: (given) => metricsOf(given).map(({ family }) => family),
  queries: (given) => [queryOf(given)],
  problems,
  async observe(run) {
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
      return { company, samples: byCompany.get(company) ?? emptyValues };
    });
    return {
      samples: companies.flatMap(({ samples }) => samples),
      statuses: companies.map(({ company, samples }) => ({
        company,
        state: 'ok',
        text: `${samples.length} series`,
      })),
      records: [],
      truncated,
      notes: notes.toArray(),
    };
  },
};
