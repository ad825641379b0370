import type { Placed } from './page.ts';
import type { StatOptions } from './panels.ts';
import { statPanel } from './panels.ts';
import { monitorState, reasonToAct, responderOf } from './promql.ts';
import { companyColumn, environmentColumn, monitorColumn, monitorStates, stateWords } from './shared.ts';
import type { Column } from './tables.ts';
import { tablePanel } from './tables.ts';

const { ok, maintenance, watch, noData, act } = monitorStates;

const reasons: Readonly<Record<string, string>> = {
  '1': 'Read the failed records in ERP flow: each says what to do.',
  '2': 'Have the job of ERP jobs and syncs mended and started again.',
  '3': 'Correct the side that is wrong: ERP reconciliation shows both.',
  '4': 'See whether the integration runs: records wait for too long.',
  '5': 'See the monitor in ERP exporter: its database or query fails.',
  '6': 'Ask the ERP for the rejected records of the synchronisation.',
  '7': 'See the alerts in ERP overview: a threshold is exceeded.',
  '8': 'See in ERP flow which figure is beyond its threshold.',
};

/** Whose turn it is at a monitor that is not OK, and what to do. */
export const whoAndWhat: readonly Column[] = [
  { label: 'responder', name: 'First responder', width: 125 },
  {
    name: 'What to do',
    expr: reasonToAct,
    words: Object.fromEntries(Object.entries(reasons).map(([key, text]) => [key, { text, color: 'text' }])),
    wraps: 230,
  },
  { name: 'Always', expr: responderOf, hidden: true },
];

export const stateColumn = (where: string): Column => ({
  name: 'State',
  expr: monitorState(where),
  words: stateWords,
  width: 110,
});

/** Is everything all right: one sentence. @param where which monitors, by labels of `erp_monitor_info`. */
export function answerPanel(where = ''): Placed['panel'] {
  return statPanel({
    title: 'Is everything all right?',
    description:
      'The most urgent state of any monitor of this page. The table says what first, whose turn it is and what to do.',
    unit: 'none',
    tile: true,
    queries: [{ expr: `max(${monitorState(where)})`, legend: 'State' }],
    words: {
      [ok]: { text: 'All is well', color: 'green' },
      [maintenance]: { text: 'Well, but for maintenance', color: 'blue' },
      [watch]: { text: 'Watch', color: 'orange' },
      [noData]: { text: 'Nobody knows: no data', color: 'purple' },
      [act]: { text: 'No: act now', color: 'red' },
    },
    noValue: 'No monitors',
  });
}

/** The answer, what first, whose turn, what to do; five units high. */
export function answer(where = ''): Placed[] {
  const table = tablePanel({
    title: 'What first',
    description: 'The monitors of this page that are not OK, the most urgent first.',
    sortBy: 'State',
    descending: true,
    onlyOver: 'State',
    noValue: 'Nothing needs a person.',
    columns: [
      stateColumn(where),
      environmentColumn,
      companyColumn,
      { label: 'flow', name: 'Flow', width: 120 },
      monitorColumn,
      ...whoAndWhat,
    ],
  });
  return [
    { panel: answerPanel(where), x: 0, y: 0, w: 6, h: answerHeight },
    { panel: table, x: 6, y: 0, w: 18, h: answerHeight },
  ];
}
export const answerHeight = 6;

/** The same panels so much lower. */
export function below(panels: readonly Placed[], height = answerHeight): Placed[] {
  return panels.map((placed) => ({ ...placed, y: placed.y + height }));
}

/** A figure and its width, in units of Grafana's grid. */
export interface Figure extends StatOptions {
  readonly w: number;
}

/** Figures beside each other, four units high. */
export function inARow(figures: readonly Figure[]): Placed[] {
  let x = 0;
  return figures.map(({ w, ...options }) => {
    const placed = { panel: statPanel(options), x, y: 0, w, h: 4 };
    x += w;
    return placed;
  });
}
