import type { Dashboard } from '@grafana/schema';
import { createRoot } from 'react-dom/client';
import type uPlot from 'uplot';
import { registerTransformations } from '../src/display/transformations.ts';
import type { Recording } from '../src/results/answers.ts';
import type { Inspected } from './inspect.ts';
import { inspectPanels } from './inspect.ts';
import { page } from './page.ts';

/** What the one that drives the browser calls. */
export interface Render {
  /** Draws a dashboard in place of what is there. */
  draw(dashboard: Dashboard, recording: Recording, mode: 'dark' | 'light', width: number): Promise<void>;
  /** What is drawn, as one would measure it on the screen. */
  inspect(): Inspected[];
}

function start(): Render {
  registerTransformations();
  const plots = new Map<string, uPlot>();
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  return {
    async draw(dashboard, recording, mode, width) {
      plots.clear();
      const register = (panel: string, plot: uPlot): void => void plots.set(panel, plot);
      root.render(await page({ dashboard, recording, mode, width, register }));
    },
    inspect: () => inspectPanels(document, plots),
  };
}

// Grafana's transformations look here whether dashboards are drawn by its package of scenes, as they are since Grafana 11.
Object.assign(window, { __grafanaSceneContext: {}, render: start() });
