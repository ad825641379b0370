import { shippedDashboards } from '../src/dashboards.ts';
import { writeFixtures } from '../src/results/fixtures.ts';
import { record } from '../src/results/recording.ts';

writeFixtures(await record(shippedDashboards(), { companies: 2, hostile: true }));
