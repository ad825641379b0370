import type { DataFrame, GrafanaTheme2, InterpolateFunction } from '@grafana/data';
import type { PlacedPanel } from '../src/placed.ts';
import type { Range } from '../src/results/answers.ts';

/** What a panel is drawn from, and the room that it has, in pixels. */
export interface Visualised {
  readonly placed: PlacedPanel;
  readonly frames: DataFrame[];
  readonly range: Range;
  readonly theme: GrafanaTheme2;
  readonly replaceVariables: InterpolateFunction;
  readonly width: number;
  readonly height: number;
}
