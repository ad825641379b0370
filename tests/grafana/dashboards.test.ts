import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { dashboardFiles } from '../../grafana/src/dashboards.ts';
import { committedDashboards, expressionsOf, panelsOf, targetsOf } from './dashboards.ts';
import { SdkSchemas } from './sdk-schema.ts';

const committed = committedDashboards();
const each = committed.map((one) => [one.file, one] as const);
const documented = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
/** What Prometheus itself exports. */
const ofPrometheus = ['ALERTS', 'ALERTS_FOR_STATE'];

describe('the committed dashboards', () => {
  it('are what the sources make; else run npm run dashboards', () => {
    expect(new Map(committed.map(({ file, text }) => [file, text]))).toEqual(
      new Map([...dashboardFiles()].sort(([a], [b]) => a.localeCompare(b, 'en'))),
    );
  });

  it('have an address each', () => {
    const uids = committed.map(({ model }) => model.uid);
    expect(new Set(uids).size).toBe(7);
    for (const { file, model } of committed) expect(`${model.uid ?? ''}.json`).toBe(file);
  });
});

describe.each(each)('%s', (_file, one) => {
  const { model, text } = one;
  const panels = panelsOf(model);

  it('cannot be edited, and begins where the first glance falls', () => {
    expect(model.editable).toBe(false);
    expect(model.schemaVersion).toBe(42);
    expect(model.description).toMatch(/.{20}/);
    expect(model.panels?.[0]?.gridPos).toMatchObject({ x: 0, y: 0 });
  });

  it('has an id for each panel and row, and a refId for each query', () => {
    const ids = (model.panels ?? []).map(({ id }) => id);
    expect(ids.every((id) => Number.isInteger(id) && Number(id) > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    for (const panel of panels) {
      const refIds = targetsOf(panel).map(({ refId }) => refId);
      expect(refIds.length, panel.title).toBeGreaterThan(0);
      expect(refIds, panel.title).toEqual(refIds.map((_, index) => String.fromCharCode(65 + index)));
    }
  });

  it('has a title, a description and a unit that Grafana knows on every panel', () => {
    const known = new Set<unknown>(Object.values(units));
    for (const panel of panels) {
      expect(panel.title).toMatch(/^[A-Z].{2}/);
      expect(panel.description, panel.title).toMatch(/^.{20}[^]*\.$/);
      const overrides = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'unit').map(({ value }) => value as string),
      );
      const { unit: ofPanel } = panel.fieldConfig?.defaults ?? {};
      // A table has texts: a unit of the whole panel would make numbers and dates of them.
      if (panel.type === 'table') expect(ofPanel, panel.title).toBeUndefined();
      for (const unit of [panel.type === 'table' ? 'none' : (ofPanel ?? ''), ...overrides])
        expect(
          known.has(unit) || /^(prefix|suffix|currency:financial):./.test(unit),
          `${panel.title ?? ''}: ${unit}`,
        ).toBe(true);
    }
  });

  it('has no title twice', () => {
    const titles = panels.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('has no two panels in one place, and none beyond the edge', () => {
    const cells = (model.panels ?? []).flatMap(({ gridPos, title }) => {
      const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
      expect(w * h, title).toBeGreaterThan(0);
      expect(x + w, title).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('has the variables, and asks the datasource of the first one alone', () => {
    const names = (model.templating.list ?? []).map(({ name }) => name);
    expect(names.slice(0, 5)).toEqual(['datasource', 'environment', 'company', 'flow', 'monitor']);
    const used = [...text.matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(used)).toEqual(new Set(['${datasource}', model.uid]));
    const inExpressions = expressionsOf(one).flatMap(({ expr }) =>
      [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name),
    );
    const builtIn = ['__rate_interval', '__range'];
    expect(inExpressions.filter((name = '') => ![...names, ...builtIn].includes(name))).toEqual([]);
  });

  it('shows firing alerts as annotations', () => {
    const list = model.annotations.list ?? [];
    expect(list.map(({ expr = '' }) => /ALERTS\{alertstate="firing"/.test(expr))).toEqual([true, true]);
  });

  it('shows figures and tables as of now', () => {
    const wrong = panels.flatMap(({ type, title, ...panel }) =>
      targetsOf({ type, ...panel })
        .filter(({ instant }) => instant !== ['stat', 'table', 'bargauge'].includes(type))
        .map(() => title),
    );
    expect(wrong).toEqual([]);
  });

  it('takes rates over $__rate_interval, and increases over that or a range that is named', () => {
    for (const { expr } of expressionsOf(one))
      for (const [, range] of expr.matchAll(/(?:rate|increase)\([^[]*\[([^\]]*)\]/g))
        expect(['$__rate_interval', '$__range', '1h']).toContain(range);
  });

  it('links to every other dashboard, keeping time and variables', () => {
    const others = committed.map((other) => other.model.uid ?? '').filter((uid) => uid !== model.uid);
    const links = model.links ?? [];
    expect(links.map(({ url = '' }) => url).sort()).toEqual(others.map((uid) => `/d/${uid}`).sort());
    for (const link of links) expect(link).toMatchObject({ keepTime: true, includeVars: true });
  });

  it('links from data to dashboards that exist, keeping time, datasource and environment', () => {
    const known = committed.map((other) => other.model.uid);
    for (const [, uid, query = ''] of text.matchAll(/\/d\/([\w-]+)\?([^"]*)"/g)) {
      expect(known).toContain(uid);
      expect(query).toMatch(
        /^\$\{datasource:queryparam\}&\$\{__url_time_range\}&(var-environment=[^&]*|\$\{environment:queryparam\})&(var-company=|\$\{company:queryparam\})/,
      );
    }
  });

  it('uses metrics that exist', () => {
    const names = expressionsOf(one).flatMap(({ expr }) =>
      [...expr.matchAll(/\b(?:erp|process|nodejs)_\w+|\bALERTS\w*/g)].map(([name]) => name),
    );
    expect(names.length).toBeGreaterThan(10);
    const unknown = names.filter(
      (name) =>
        !documented.includes(`\`${name.replace(/_(sum|count|bucket)$/, '')}\``) &&
        !ofPrometheus.includes(name),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });
});

describe("Grafana's model", () => {
  const modules: Readonly<Record<string, string>> = {
    stat: 'stat',
    table: 'table',
    timeseries: 'timeseries',
    bargauge: 'bargauge',
    'state-timeline': 'statetimeline',
  };
  const schemas = new SdkSchemas(['dashboard', ...Object.values(modules)]);
  const ajv = new Ajv({ allErrors: true });
  const validatorOf = (module: string, type: string) => {
    const schema = schemas.of(module, type);
    if (schema === undefined) throw new Error(`the SDK has no ${module}.${type}`);
    return ajv.compile(schema);
  };
  const validate = validatorOf('dashboard', 'Dashboard');

  it.each(each)('accepts %s', (_file, { model }) => {
    validate(model);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(Object.entries(modules))('accepts the options of every %s', (type, module) => {
    const options = validatorOf(module, 'Options');
    const custom = schemas.of(module, 'FieldConfig') && validatorOf(module, 'FieldConfig');
    const panels = committed.flatMap(({ model }) => panelsOf(model)).filter((panel) => panel.type === type);
    expect(panels.length).toBeGreaterThan(0);
    for (const panel of panels) {
      options(panel.options);
      expect(options.errors ?? [], panel.title).toEqual([]);
      custom?.(panel.fieldConfig?.defaults.custom ?? {});
      expect(custom?.errors ?? [], panel.title).toEqual([]);
    }
  });

  it.each([
    ['an unknown key', (text: string) => text.replace('"editable"', '"editible"')],
    ['a text for a number', (text: string) => text.replace('"schemaVersion": 42', '"schemaVersion": "42"')],
    ['an unknown kind of variable', (text: string) => text.replace('"type": "query"', '"type": "qery"')],
    ['an unknown threshold mode', (text: string) => text.replace('"mode": "absolute"', '"mode": "most"')],
    ['a query without expression', (text: string) => text.replace('"expr"', '"exprs"')],
  ])('refuses %s', (_fault, damage) => {
    const text = committed[0]?.text ?? '';
    expect(damage(text)).not.toBe(text);
    expect(validate(JSON.parse(damage(text)))).toBe(false);
  });
});
