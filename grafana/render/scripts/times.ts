import { parseArgs } from 'node:util';
import { shippedDashboards } from '../src/dashboards.ts';
import { queryTimes } from '../src/results/times.ts';

const { values } = parseArgs({ options: { companies: { type: 'string', default: '50' } } });
const times = await queryTimes(shippedDashboards(), Number(values.companies));
for (const uid of new Set(times.map(({ dashboard }) => dashboard))) {
  const slowest = times
    .filter(({ dashboard }) => dashboard === uid)
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
  for (const { panel, refId, milliseconds } of slowest.slice(0, 3))
    console.log(`${uid}: ${panel} ${refId}: ${milliseconds.toFixed(0)} ms`);
}
