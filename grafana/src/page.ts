import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from './panels.ts';
import { datasource } from './panels.ts';
import type { Severity } from './promql.ts';
import { firingAlerts, severities, severityColors } from './promql.ts';

/** The dashboards in the order of their links. */
export const titles = {
  'erp-overview': 'ERP overview',
  'erp-company': 'ERP company',
  'erp-flow': 'ERP flow',
  'erp-reconciliation': 'ERP reconciliation',
  'erp-jobs': 'ERP jobs and syncs',
  'erp-errors': 'ERP errors',
  'erp-exporter': 'ERP exporter',
} as const;
export type Uid = keyof typeof titles;
const uids = Object.keys(titles).filter((uid): uid is Uid => uid in titles);

/** A panel and its place within its section, in units of Grafana's grid, 24 of them wide. */
export interface Placed {
  readonly panel: PanelBuilder;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export interface Section {
  /** Heading of the section; the first one may have none. */
  readonly title?: string;
  /** Variable whose every value gets a section of its own. */
  readonly repeat?: string;
  readonly panels: readonly Placed[];
}
export interface Page {
  readonly uid: Uid;
  readonly description: string;
  /** Start of the time range at the opening, such as `now-24h`. */
  readonly from: string;
  readonly sections: readonly Section[];
  /** Offers the language of the catalogue's texts. */
  readonly language?: boolean;
  /** Shows one company at a time. */
  readonly oneCompany?: boolean;
}

type Narrowed = 'environment' | 'company' | 'flow' | 'monitor';

/** How a data link narrows a variable: to the value of the row or series that was clicked on, or to what is chosen now. */
export type Source = 'row' | 'series' | 'chosen';

function narrowed(name: Narrowed, source: Source): string {
  if (source === 'chosen') return `\${${name}:queryparam}`;
  const labels = source === 'row' ? '__data.fields' : '__field.labels';
  return `var-${name}=\${${labels}.${name}:percentencode}`;
}

/**
 * Address of another dashboard that keeps datasource and time range and narrows the variables that are named; the others
 * are All. The environment is narrowed as the flow is, else as the company is: two environments may have flows of one name.
 */
export function addressOf(
  uid: Uid,
  variables: Readonly<{ company: Source } & Partial<Record<'flow' | 'monitor', Source>>>,
): string {
  const sources: Readonly<Partial<Record<Narrowed, Source>>> = {
    environment: variables.flow ?? variables.company,
    ...variables,
  };
  const names = (['environment', 'company', 'flow', 'monitor'] as const).flatMap((name) => {
    const source = sources[name];
    return source === undefined ? [] : [narrowed(name, source)];
  });
  return `/d/${uid}?${['${datasource:queryparam}', '${__url_time_range}', ...names].join('&')}`;
}

function queryVariable(name: string, label: string, query: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ qryType: 1, query, refId: `variable-${name}` })
    .definition(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

function selectVariable(name: string, label: string, query: string): dashboard.QueryVariableBuilder {
  return queryVariable(name, label, query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function variables({ language = false, oneCompany = false }: Page) {
  const environment = 'environment=~"$environment"';
  const companies = `label_values(erp_monitor_info{${environment}}, company)`;
  const chosen = `${environment},company=~"$company"`;
  return [
    new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    selectVariable('environment', 'Environment', 'label_values(erp_monitor_info, environment)'),
    oneCompany
      ? queryVariable('company', 'Company', companies)
      : selectVariable('company', 'Company', companies),
    selectVariable('flow', 'Flow', `label_values(erp_monitor_info{${chosen}}, flow)`),
    selectVariable('monitor', 'Monitor', `label_values(erp_monitor_info{${chosen},flow=~"$flow"}, monitor)`),
    ...(language
      ? [
          queryVariable(
            'language',
            'Language of advice',
            'label_values(erp_known_error_info, language)',
          ).current({ selected: true, text: 'en', value: 'en' }),
        ]
      : []),
  ];
}

/** The builders put everything into a menu, where nobody sees it. */
function inSight<Item extends { placement?: unknown }>(item: Item): Omit<Item, 'placement'> {
  const { placement: _menu, ...rest } = item;
  return rest;
}

function linkTo(uid: Uid): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(titles[uid])
    .type(dashboard.DashboardLinkType.Link)
    .icon('dashboard')
    .tooltip(`${titles[uid]}, with this time range and selection`)
    .url(`/d/${uid}`)
    .keepTime(true)
    .includeVars(true);
}

function alertsOf(severity: Severity): dashboard.AnnotationQueryBuilder {
  const firing = firingAlerts(`severity="${severity}"`);
  return new dashboard.AnnotationQueryBuilder()
    .name(`Alerts: ${severity}`)
    .datasource(datasource)
    .enable(true)
    .iconColor(severityColors[severity])
    .expr(`max by (alertname, environment, company, flow, monitor) (${firing})`)
    .step('60s')
    .titleFormat('{{alertname}}')
    .textFormat('{{company}} {{flow}} {{monitor}} {{environment}}')
    .tagKeys('environment,company,flow,monitor')
    .useValueForTime(false);
}

/** Puts the sections below each other and numbers panels and rows: the builders leave ids out, or all of them zero. */
function arrange(sections: readonly Section[]): (dashboard.Panel | dashboard.RowPanel)[] {
  const arranged: (dashboard.Panel | dashboard.RowPanel)[] = [];
  const nextId = (): number => arranged.length + 1;
  let top = 0;
  for (const { title, repeat, panels } of sections) {
    if (title !== undefined) {
      const row = new dashboard.RowBuilder(title).id(nextId()).gridPos({ x: 0, y: top, w: 24, h: 1 });
      if (repeat !== undefined) row.repeat(repeat);
      arranged.push(row.build());
      top += 1;
    }
    for (const { panel, x, y, w, h } of panels)
      arranged.push({ ...panel.build(), id: nextId(), gridPos: { x, y: top + y, w, h } });
    top += Math.max(0, ...panels.map(({ y, h }) => y + h));
  }
  return arranged;
}

/** Grafana's classic model: unlike its successor, every version of Grafana in use can be provisioned with it. */
export type ClassicDashboard = ReturnType<typeof dashboard.defaultDashboard>;

export function dashboardOf(page: Page): ClassicDashboard {
  return {
    ...dashboard.defaultDashboard(),
    uid: page.uid,
    title: titles[page.uid],
    description: page.description,
    tags: ['erp-exporter'],
    editable: false,
    time: { from: page.from, to: 'now' },
    refresh: '1m',
    graphTooltip: dashboard.DashboardCursorSync.Crosshair,
    templating: { list: variables(page).map((variable) => variable.build()) },
    annotations: { list: severities.map((severity) => inSight(alertsOf(severity).build())) },
    links: uids.filter((uid) => uid !== page.uid).map((uid) => inSight(linkTo(uid).build())),
    panels: arrange(page.sections),
  };
}
