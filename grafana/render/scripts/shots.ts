import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openScreen } from '../src/browser.ts';
import { shippedDashboards } from '../src/dashboards.ts';
import { record } from '../src/results/recording.ts';

const { values } = parseArgs({
  options: {
    companies: { type: 'string', default: '2' },
    out: { type: 'string', default: 'shots' },
    hostile: { type: 'boolean', default: false },
  },
});
const companies = Number(values.companies);
const folder = resolve(values.out);
await mkdir(folder, { recursive: true });
const dashboards = shippedDashboards();
const recording = await record(dashboards, { companies, hostile: values.hostile });
const screen = await openScreen();
try {
  for (const dashboard of dashboards)
    for (const mode of ['dark', 'light'] as const) {
      await screen.show(dashboard, recording, mode);
      const file = join(folder, `${dashboard.uid ?? ''}-${companies}-${mode}.png`);
      await screen.picture(file);
      console.log(file);
    }
} finally {
  await screen.close();
}
