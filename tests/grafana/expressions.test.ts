import { beforeAll, expect, it } from 'vitest';
import { limitOfOneMonitor } from '../../grafana/src/promql.ts';
import { describeReal } from '../helpers/real.ts';
import { committedDashboards, expressionsOf, panelsOf, targetsOf } from './dashboards.ts';
import type { Result } from './promtool.ts';
import { demoSeries, evaluate, filledIn } from './promtool.ts';

const dashboards = committedDashboards();
const expressions = dashboards.flatMap(expressionsOf);
const distinct = [...new Set(expressions.map(({ expr }) => expr))];

const ofOneMonitor = limitOfOneMonitor('');

/** As if one monitor were chosen: else limits have no line. */
const asked = (expr: string, chosen: Readonly<Record<string, string>> = {}): string =>
  filledIn(expr.replaceAll(ofOneMonitor, ''), chosen);

/** Sums of the same numbers in another order differ in their last digits. */
const sorted = (results: readonly Result[]): Result[] =>
  results
    .map(({ labels, value }) => ({ labels, value: Number(value.toPrecision(9)) }))
    .toSorted((a, b) => (a.labels < b.labels ? -1 : 1));

/** Among equals topk takes any. */
const compared = (expr: string, results: readonly Result[]): unknown[] =>
  expr.includes('topk(')
    ? sorted(results)
        .map(({ value }) => value)
        .toSorted((a, b) => a - b)
    : sorted(results);

const production = 'production';
/** What the variable of that name asks: all of them, whichever is chosen. */
const environments = 'group by (environment) (erp_monitor_info)';
const withoutEnvironment = (results: readonly Result[]): Result[] =>
  results.map(({ labels, value }) => ({
    labels: labels.replace(/(, )?environment="[^"]*"/, '').replace(/^\{, /, '{'),
    value,
  }));

describeReal('the expressions of the dashboards on recorded metrics', ['promtool'], () => {
  const results = new Map<string, Result[]>();
  beforeAll(async () => {
    const got = await evaluate(
      distinct.map((expr) => asked(expr)),
      await demoSeries(['a'], production),
    );
    distinct.forEach((expr, index) => results.set(expr, got[index] ?? []));
  });
  const labelsOf = (expr: string): string[] =>
    (results.get(expr) ?? []).flatMap(({ labels }) =>
      [...labels.matchAll(/[{ ](\w+)="/g)].map(([, name = '']) => name),
    );

  it('all have a result', () => {
    const empty = expressions.filter(({ expr }) => (results.get(expr) ?? []).length === 0);
    expect(empty).toEqual([]);
  });

  it('draw limits when one monitor is chosen, and not among the lines of several', async () => {
    const limits = distinct.filter((expr) => expr.includes(ofOneMonitor));
    expect(limits.length).toBeGreaterThan(5);
    const series = await demoSeries(['a', 'b']);
    for (const results of await evaluate(
      limits.map((expr) => filledIn(expr)),
      series,
    ))
      expect(results).toEqual([]);
    const ofOne = await evaluate(
      limits.map((expr) => filledIn(expr, { company: 'acme', monitor: 'web_orders' })),
      series,
    );
    expect(ofOne.flat().length).toBeGreaterThan(0);
  });

  it('give numbers', () => {
    const odd = expressions.filter(({ expr }) =>
      (results.get(expr) ?? []).some(({ value }) => !Number.isFinite(value)),
    );
    expect(odd).toEqual([]);
  });

  it('give the same when a second exporter says the same', async () => {
    const got = await evaluate(
      distinct.map((expr) => asked(expr)),
      await demoSeries(['a', 'b'], production),
    );
    for (const [index, expr] of distinct.entries()) {
      const ofOne = results.get(expr) ?? [];
      // The exporter's own process is shown for each of them.
      if (/erp_exporter_build_info/.test(expr)) continue;
      expect(compared(expr, got[index] ?? []), expr).toEqual(compared(expr, ofOne));
    }
  });

  it('give the same for series without an environment', async () => {
    const got = await evaluate(
      distinct.map((expr) => asked(expr)),
      await demoSeries(['a']),
    );
    for (const [index, expr] of distinct.entries()) {
      if (expr === environments) continue;
      expect(compared(expr, got[index] ?? []), expr).toEqual(
        compared(expr, withoutEnvironment(results.get(expr) ?? [])),
      );
    }
  });

  it('show the chosen environment alone, and never mix a monitor of two', async () => {
    const both = [...(await demoSeries(['a'], production)), ...(await demoSeries(['b'], 'test'))];
    const chosen = await evaluate(
      distinct.map((expr) => asked(expr, { environment: production })),
      both,
    );
    const all = await evaluate(
      distinct.map((expr) => asked(expr)),
      both,
    );
    for (const [index, expr] of distinct.entries()) {
      if (expr === environments) continue;
      const ofOne = results.get(expr) ?? [];
      expect(compared(expr, chosen[index] ?? []), expr).toEqual(compared(expr, ofOne));
      const ofMonitors = (found: readonly Result[]): Result[] =>
        sorted(found.filter(({ labels }) => /environment="production".*monitor=/.test(labels)));
      // Of the highest lines those of the other environment may take the place.
      if (!expr.includes('topk(')) expect(ofMonitors(all[index] ?? []), expr).toEqual(ofMonitors(ofOne));
    }
  });

  it('follow the chosen company', async () => {
    const chosen = distinct.filter((expr) => expr.includes('$company'));
    const got = await evaluate(
      chosen.map((expr) => asked(expr, { company: '(globex|initech)' })),
      await demoSeries(['a']),
    );
    for (const [index, expr] of chosen.entries())
      for (const { labels } of got[index] ?? []) expect(labels, expr).not.toContain('company="acme"');
  });

  it('bear the labels that legends, columns and links name', () => {
    for (const { file, model } of dashboards)
      for (const panel of panelsOf(model)) {
        const place = `${file}: ${panel.title ?? ''}`;
        for (const { expr, legendFormat = '' } of targetsOf(panel))
          for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
            expect(labelsOf(expr), place).toContain(label);
        const text = JSON.stringify(panel);
        const organize = panel.transformations?.find(({ id }) => id === 'organize');
        const { renameByName = {} } = (organize?.options ?? {}) as { renameByName?: Record<string, string> };
        const labels = [
          ...Object.keys(renameByName).filter((name) => !name.startsWith('Value')),
          ...[...text.matchAll(/__(?:data\.fields|field\.labels)\.(\w+)/g)].map(([, label = '']) => label),
        ];
        const borne = targetsOf(panel).flatMap(({ expr }) => labelsOf(expr));
        expect(
          labels.filter((label) => !borne.includes(label)),
          place,
        ).toEqual([]);
      }
  });

  it('leave no label of a table without a column', () => {
    for (const { file, model } of dashboards)
      for (const panel of panelsOf(model).filter(({ type }) => type === 'table')) {
        const organize = panel.transformations?.find(({ id }) => id === 'organize');
        const { indexByName = {} } = (organize?.options ?? {}) as { indexByName?: Record<string, number> };
        const borne = new Set(targetsOf(panel).flatMap(({ expr }) => labelsOf(expr)));
        expect(
          [...borne].filter((label) => !(label in indexByName)),
          `${file}: ${panel.title ?? ''}`,
        ).toEqual([]);
      }
  });
});
