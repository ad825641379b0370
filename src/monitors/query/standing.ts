import type { CompanyStatus, Sample } from '../contract.ts';
import type { Notes } from '../shared/notes.ts';
import { sample } from '../shared/samples.ts';
import { worst } from '../shared/severity.ts';
import { isBeyond } from './bounds.ts';
import type { SeverityBound } from './bounds.ts';
import { families } from './families.ts';
import type { Metric } from './metrics.ts';

/** How the series of a metric stand to one of its bounds. */
interface Standing {
  readonly bound: SeverityBound;
  readonly beyond: number;
  /** Closest to the bound, or furthest beyond it; undefined when the metric has no series. */
  readonly worst: Sample | undefined;
}

/** The series of one metric at one company, measured by its thresholds. */
export interface MeasuredMetric {
  readonly metric: Metric;
  readonly series: number;
  readonly standings: readonly Standing[];
}

/** Measures the metrics that have thresholds. @param samples those of one company. */
export function measure(metrics: readonly Metric[], samples: readonly Sample[]): MeasuredMetric[] {
  return metrics
    .filter(({ bounds }) => bounds.length > 0)
    .map((metric) => {
      const own = samples.filter(({ family }) => family === metric.family);
      return { metric, series: own.length, standings: metric.bounds.map((bound) => standingOf(bound, own)) };
    });
}

function standingOf(bound: SeverityBound, samples: readonly Sample[]): Standing {
  const isWorse = (one: Sample, other: Sample) =>
    bound.direction === 'above' ? one.value > other.value : one.value < other.value;
  return {
    bound,
    beyond: samples.filter(({ value }) => isBeyond(bound, value)).length,
    worst: samples.reduce<Sample | undefined>(
      (found, each) => (found === undefined || isWorse(each, found) ? each : found),
      undefined,
    ),
  };
}

const boundText = ({ direction, value }: SeverityBound) => `${direction} ${value}`;
const labelsText = ({ labels }: Sample) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/** What is exported of the thresholds of a metric. */
export function thresholdSamples(company: string, { metric, standings }: MeasuredMetric): Sample[] {
  const { family, threshold } = metric;
  return standings.flatMap(({ bound, beyond, worst: worstSeries }) => {
    const labels = { metric: family.name, severity: bound.severity };
    return [
      sample(threshold, company, bound.value, { severity: bound.severity }),
      sample(families.over, company, beyond, labels),
      ...(beyond === 0 || worstSeries === undefined
        ? []
        : [
            sample(families.worst, company, worstSeries.value, {
              ...labels,
              series: labelsText(worstSeries),
              limit: boundText(bound),
            }),
          ]),
    ];
  });
}

const extremes = { above: 'highest', below: 'lowest' } as const;
/** On the good side of a bound. */
const inside = { above: 'below', below: 'above' } as const;

/** How a metric stands, in words: `2 of 3 series of shop_drafts are above the limit of 20, the highest 31`. */
function textOf({ metric, series, standings }: MeasuredMetric): string {
  const { name } = metric.family;
  const gravest = standings.findLast(({ beyond }) => beyond > 0) ?? standings[0];
  if (gravest?.worst === undefined) return `${name} has no series`;
  const { bound, beyond, worst: worstSeries } = gravest;
  const { direction, value: limit } = bound;
  const { value } = worstSeries;
  if (beyond === 0) {
    const extreme = series === 1 ? '' : `at ${direction === 'above' ? 'most' : 'least'} `;
    return `${name} is ${extreme}${value}, ${value === limit ? 'at' : inside[direction]} the limit of ${limit}`;
  }
  if (series === 1) return `${name} is ${value}, ${direction} the limit of ${limit}`;
  const which = `${beyond} of ${series} series of ${name} ${beyond === 1 ? 'is' : 'are'}`;
  return `${which} ${direction} the limit of ${limit}, the ${extremes[direction]} ${value}`;
}

/** How a company stands. @param series number of all series that its rows made. */
export function statusOf(
  company: string,
  series: number,
  measured: readonly MeasuredMetric[],
): CompanyStatus {
  const states = measured.flatMap(({ standings }) =>
    standings.filter(({ beyond }) => beyond > 0).map(({ bound }) => bound.severity),
  );
  return { company, state: worst(states), text: [`${series} series`, ...measured.map(textOf)].join(', ') };
}

/** Says of metrics that must not be low that nothing is judged where there is no series at all. */
export function noteUnjudged(measured: readonly MeasuredMetric[], notes: Notes): void {
  for (const { metric, series, standings } of measured)
    if (series === 0 && standings.some(({ bound }) => bound.direction === 'below'))
      notes.say(
        `${metric.family.name} has no series at a company, so that nothing is below its limit there; let the query return a 0, or set empty.`,
      );
}
