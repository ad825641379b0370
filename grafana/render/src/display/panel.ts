import type { DataFrame, DataTransformerConfig, FieldConfigSource, GrafanaTheme2 } from '@grafana/data';
import { applyFieldOverrides, cacheFieldDisplayNames, createTheme, transformDataFrame } from '@grafana/data';
import type { Dashboard, Panel } from '@grafana/schema';
import { firstValueFrom } from 'rxjs';
import type { PlacedPanel } from '../placed.ts';
import type { Answer, Recording } from '../results/answers.ts';
import { targetsOf } from '../results/targets.ts';
import { contextOf } from '../variables.ts';
import { framesOf } from './frames.ts';
import { replacing } from './links.ts';
import { propertiesOf } from './properties.ts';

/** Company's zone or browser's: what the dashboards show must not hang on it, save instants. */
export const timeZone = 'Europe/Brussels';

export interface Look {
  readonly dashboard: Dashboard;
  readonly recording: Recording;
  readonly theme?: GrafanaTheme2;
}

/** The schema's type of a panel and the one of `@grafana/data` differ in an enumeration that no dashboard here uses. */
function transformationsOf(panel: Panel): DataTransformerConfig[] {
  return (panel.transformations ?? []).map(({ id, options, disabled = false }) => ({
    id,
    options,
    disabled,
  }));
}

/**
 * The frames of a panel as its visualisation gets them: queried, transformed, and with a field's every setting applied, so
 * that each has its way of being shown and its links.
 *
 * @param answers of the panel's queries by refId; those that were recorded unless they are given.
 */
export async function prepared(
  { dashboard, recording, theme = createTheme() }: Look,
  placed: PlacedPanel,
  answers: Readonly<Record<string, Answer>>,
): Promise<DataFrame[]> {
  const { panel, scope } = placed;
  const range = recording.dashboards[dashboard.uid ?? '']?.range ?? { start: 0, end: 0, step: 1 };
  const frames = framesOf(targetsOf(panel), answers, range, recording.time);
  const replaceVariables = replacing(contextOf(dashboard, scope));
  const transformed = await firstValueFrom(
    transformDataFrame(transformationsOf(panel), frames, { interpolate: replaceVariables }),
  );
  const shown = applyFieldOverrides({
    data: transformed,
    fieldConfig: (panel.fieldConfig ?? { defaults: {}, overrides: [] }) as FieldConfigSource,
    fieldConfigRegistry: propertiesOf(panel.type),
    replaceVariables,
    theme,
    timeZone,
  });
  cacheFieldDisplayNames(shown);
  return shown;
}
