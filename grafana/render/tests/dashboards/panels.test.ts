import { createTheme, getFieldDisplayName } from '@grafana/data';
import type { DataFrame, Field } from '@grafana/data';
import { FieldType } from '@grafana/data';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { propertiesOf } from '../../src/display/properties.ts';
import { fingerprintOf } from '../../src/results/day.ts';
import { builtInOf } from '../../src/results/queries.ts';
import { targetsOf } from '../../src/results/targets.ts';
import { filledIn } from '../../src/variables.ts';
import { dashboards, everyPanel, framesOf, overridesOf, recording, tableOf } from './shown.ts';

beforeAll(() => vi.setSystemTime(recording.time * 1000));

const { getColorByName } = createTheme().visualization;
const isNumeric = ({ type }: Field): boolean => type === FieldType.number;

interface Series {
  readonly name: string;
  readonly field: Field;
}
const seriesOf = (frames: DataFrame[]): Series[] =>
  frames.flatMap((frame) =>
    frame.fields
      .filter(isNumeric)
      .map((field) => ({ name: getFieldDisplayName(field, frame, frames), field })),
  );

describe.each(everyPanel())('%s', (_title, { placed, dashboard, answers }) => {
  const { panel } = placed;

  it('has recorded answers; else run npm run record', () => {
    const builtIn = builtInOf(dashboard, recording.stepSeconds);
    const wanted = targetsOf(panel).map(({ refId, expr }) => [
      refId,
      fingerprintOf(filledIn(expr, dashboard, placed.scope, builtIn)),
    ]);
    expect(Object.entries(answers).map(([refId, { of }]) => [refId, of])).toEqual(wanted);
  });

  it('sets only what its kind of panel knows', () => {
    const known = propertiesOf(panel.type);
    const { custom = {} } = panel.fieldConfig?.defaults ?? {};
    const ids = [
      ...overridesOf(panel).map(({ id }) => id),
      ...Object.keys(custom as object).map((key) => `custom.${key}`),
    ];
    expect(ids.filter((id) => known.getIfExists(id) === undefined)).toEqual([]);
  });

  it('asks what can be read and is cheap to send', () => {
    for (const { refId, expr } of targetsOf(panel)) expect(expr.length, refId).toBeLessThanOrEqual(2000);
  });
});

describe.each(everyPanel('table'))('%s', (_title, shown) => {
  it('has a column for every override', async () => {
    const names = (await tableOf(shown)).map(({ name }) => name);
    const byName = (shown.placed.panel.fieldConfig?.overrides ?? []).filter(
      ({ matcher }) => matcher.id === 'byName',
    );
    expect(
      byName.map(({ matcher }) => matcher.options as string).filter((name) => !names.includes(name)),
    ).toEqual([]);
  });

  it('leaves room for "a few seconds ago" in every column of such times', async () => {
    const tooNarrow = (await tableOf(shown)).filter(({ hidden, field: { config } }) => {
      const { width } = (config.custom ?? {}) as { width?: number };
      return !hidden && config.unit === 'dateTimeFromNow' && width !== undefined && width < 140;
    });
    expect(tooNarrow.map(({ name }) => name)).toEqual([]);
  });

  it('is sorted by a column that it has', async () => {
    const names = (await tableOf(shown)).map(({ name }) => name);
    const { sortBy = [] } = (shown.placed.panel.options ?? {}) as { sortBy?: { displayName: string }[] };
    expect(sortBy.map(({ displayName }) => displayName).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe.each(everyPanel('bargauge'))('%s', (_title, shown) => {
  it('begins at zero, so that 3 is a bar beside 11', async () => {
    const series = seriesOf(await framesOf(shown));
    expect(series.length).toBeGreaterThan(0);
    for (const { name, field } of series) expect(field.config.min, name).toBe(0);
  });
});

describe.each(everyPanel('stat', 'timeseries', 'bargauge'))('%s', (_title, shown) => {
  it('shows numbers that can be read', async () => {
    const texts = seriesOf(await framesOf(shown)).map(({ name, field }) => {
      const { prefix = '', text = '', suffix = '' } = field.display?.(field.values.at(-1)) ?? {};
      return { name, text: `${prefix}${text}${suffix}` };
    });
    expect(texts.filter(({ text }) => /NaN|Infinity|undefined|Invalid/.test(text))).toEqual([]);
  });

  it('shows what is critical in red and a warning in orange', async () => {
    const wrong = seriesOf(await framesOf(shown)).flatMap(({ name, field }) => {
      const severity = field.labels?.['severity'] ?? /\b(critical|warning)\b/.exec(name)?.[1];
      const value: unknown = field.values.at(-1);
      if ((severity !== 'critical' && severity !== 'warning') || !(Number(value) > 0)) return [];
      const { mode, fixedColor = '' } = field.config.color ?? {};
      const color = mode === 'fixed' ? getColorByName(fixedColor) : field.display?.(value).color;
      const wanted = getColorByName(severity === 'critical' ? 'red' : 'orange');
      return color?.slice(0, 7) === wanted ? [] : [`${name}: ${color ?? ''}, not ${wanted}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(everyPanel('stat', 'table'))('%s', (_title, shown) => {
  it('shows money with two decimals', async () => {
    const amounts = seriesOf(await framesOf(shown)).filter(({ field }) => 'currency' in (field.labels ?? {}));
    const texts = amounts.flatMap(({ field }) =>
      (field.values as unknown[]).map((value) => field.display?.(value).text ?? ''),
    );
    expect(texts.filter((text) => !/\.\d\d$/.test(text))).toEqual([]);
  });
});

describe.each(everyPanel('timeseries'))('%s', (_title, shown) => {
  it('has one currency on an axis', async () => {
    const currencies = new Map<string, Set<string>>();
    for (const { field } of seriesOf(await framesOf(shown))) {
      const currency = field.labels?.['currency'];
      const axis = field.config.unit ?? '';
      if (currency !== undefined) currencies.set(axis, (currencies.get(axis) ?? new Set()).add(currency));
    }
    for (const [axis, found] of currencies) expect([...found], `axis of ${axis}`).toHaveLength(1);
  });

  it('begins at zero', async () => {
    for (const { name, field } of seriesOf(await framesOf(shown))) expect(field.config.min, name).toBe(0);
  });
});

describe.each(dashboards.map((one) => [one.uid ?? '', one] as const))('%s', (_uid, dashboard) => {
  const tables = everyPanel('table').filter(([, shown]) => shown.dashboard === dashboard);
  const first = everyPanel().find(([, shown]) => shown.dashboard === dashboard)?.[1];

  it('hides nothing in a menu', () => {
    expect(JSON.stringify(dashboard)).not.toContain('inControlsMenu');
    for (const { name, hide = 0 } of dashboard.templating?.list ?? []) expect(hide, name).toBe(0);
    for (const { name, hide = false } of dashboard.annotations?.list ?? []) expect(hide, name).toBe(false);
  });

  it('opens with an answer in words, green when all is right and red when not', async () => {
    expect(first?.placed.place).toMatchObject({ x: 0, y: first?.placed.section === '' ? 0 : 1 });
    expect(first?.placed.panel.type).toBe('stat');
    const words = seriesOf(first === undefined ? [] : await framesOf(first)).flatMap(
      ({ field }) => field.config.mappings ?? [],
    );
    const colors = JSON.stringify(words);
    expect(colors).toMatch(/"color":"[\w-]*green"/);
    expect(colors).toMatch(/"color":"[\w-]*red"/);
  });

  it('says in its upper part what first, whose turn it is and what to do', async () => {
    const above = tables.filter(([, { placed }]) => placed.place.y <= 10);
    const names = await Promise.all(
      above.map(async ([, shown]) =>
        (await tableOf(shown)).filter(({ hidden }) => !hidden).map(({ name }) => name),
      ),
    );
    const answering = names.filter(
      (columns) => columns.includes('First responder') && columns.includes('What to do'),
    );
    expect(answering.length).toBeGreaterThan(0);
  });
});
