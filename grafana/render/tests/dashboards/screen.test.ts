import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard, Panel } from '@grafana/schema';
import { isNightly } from '../../../../tests/helpers/nightly.ts';
import { describeReal } from '../../../../tests/helpers/real.ts';
import type { Inspected, InspectedColumn } from '../../browser/inspect.ts';
import type { Screen } from '../../src/browser.ts';
import { openScreen } from '../../src/browser.ts';
import type { Recording } from '../../src/results/answers.ts';
import { record } from '../../src/results/recording.ts';
import { isRound } from './round.ts';
import { dashboards, recording as ofTwo } from './shown.ts';

/** Colours of words in the order in which a person should turn to them. */
const urgency: readonly (readonly string[])[] = [
  ['red'],
  ['orange', 'purple'],
  ['blue', 'light-blue', 'text'],
  ['green'],
];
const mostTiles = 12;
const mostLines = 12;
const mostPanels = 40;
const mostBars = 12;

type Words = Readonly<Record<string, { readonly text: string; readonly color: string }>>;

/** A panel of a dashboard by its name on the screen, which says what it is repeated for. */
const panelNamed = (dashboard: Dashboard, name: string): Panel | undefined =>
  (dashboard.panels ?? []).find(
    (panel): panel is Panel => panel.type !== 'row' && panel.title === name.replace(/ \(\w+=.*\)$/, ''),
  );

/** How urgent each word is that the columns of a table have for their values, by the word. */
function urgencyOf(dashboard: Dashboard, panel: string): ReadonlyMap<string, number> {
  const overrides = panelNamed(dashboard, panel)?.fieldConfig?.overrides ?? [];
  const mappings = overrides
    .flatMap(({ properties }) => properties)
    .filter(({ id }) => id === 'mappings')
    .flatMap(({ value }) => value as { readonly options: Words }[]);
  return new Map(
    mappings
      .flatMap(({ options }) => Object.values(options))
      .map(({ text, color }) => [text, urgency.findIndex((colors) => colors.includes(color))]),
  );
}

/** The column by whose words a table is sorted, if it is. */
function sortedByWords(dashboard: Dashboard, { panel, columns }: Inspected): InspectedColumn | undefined {
  const { sortBy = [] } = (panelNamed(dashboard, panel)?.options ?? {}) as {
    sortBy?: { displayName: string }[];
  };
  const words = urgencyOf(dashboard, panel);
  const column = columns.find(({ name }) => name === sortBy[0]?.displayName);
  return column?.cells.every((text) => words.has(text)) === true ? column : undefined;
}

/** More than any panel may show of. To record a day of 50 takes 26 s of the processor. */
const many = isNightly ? 50 : 16;

interface Case {
  readonly companies: number;
  readonly recorded: () => Promise<Recording>;
}
const cases: readonly Case[] = [
  { companies: 2, recorded: () => Promise.resolve(ofTwo) },
  { companies: many, recorded: () => record(dashboards, { companies: many, hostile: false }) },
];

describeReal('the dashboards at 1600 pixels', ['prometheus', 'promtool', 'chromium'], () => {
  let screen: Screen;
  beforeAll(async () => {
    screen = await openScreen();
  });
  afterAll(() => screen.close());

  describe.each(cases)('with $companies companies', ({ recorded }) => {
    let recording: Recording;
    beforeAll(async () => {
      recording = await recorded();
    });

    describe.each(dashboards.map((one) => [one.uid ?? '', one] as const))('%s', (_uid, dashboard) => {
      let panels: readonly Inspected[] = [];
      beforeAll(async () => {
        panels = await screen.show(dashboard, recording, 'dark');
      });
      /** Whatever a panel has of it that a rule forbids, each with the panel's name. */
      const found = (faults: (panel: Inspected) => readonly string[]): string[] => [
        ...new Set(panels.flatMap((one) => faults(one).map((fault) => `${one.panel}: ${fault}`))),
      ];

      it('draws every panel', () => {
        expect(panels.length).toBeGreaterThan(0);
        expect(panels.filter(({ text }) => text.trim() === '').map(({ panel }) => panel)).toEqual([]);
        for (const { panel, type, axes, legend } of panels.filter((one) => one.type === 'timeseries')) {
          expect(axes.flatMap(({ texts }) => texts).length, `${type} ${panel}`).toBeGreaterThan(2);
          expect(legend?.entries ?? 0, `${type} ${panel}`).toBeGreaterThan(0);
        }
      });

      it('has no table that is wider than its panel', () => {
        expect(found(({ beyond }) => (beyond > 0 ? [`${beyond} pixels beyond the edge`] : []))).toEqual([]);
      });

      it('shows every advice and every name whole', () => {
        const whole = ({ name }: InspectedColumn): boolean =>
          !['Message', 'Left says', 'Right says'].includes(name);
        const cut = ({ columns }: Inspected): string[] =>
          columns.filter(whole).flatMap(({ name, cut: texts }) => texts.map((text) => `${name}: ${text}`));
        expect(found(cut)).toEqual([]);
      });

      it('shows every heading whole', () => {
        const cut = ({ columns }: Inspected): string[] =>
          columns.filter(({ headingCut }) => headingCut).map(({ name }) => name);
        expect(found(cut)).toEqual([]);
      });

      it('puts the most urgent rows first', () => {
        const outOfOrder = (one: Inspected): string[] => {
          const words = urgencyOf(dashboard, one.panel);
          const texts = [...new Set(sortedByWords(dashboard, one)?.cells ?? [])];
          const ranks = texts.map((text) => words.get(text) ?? 0);
          return ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0)) ? [texts.join(', ')] : [];
        };
        expect(found(outOfOrder)).toEqual([]);
      });

      it('has round ticks', () => {
        const odd = ({ axes }: Inspected): string[] =>
          axes
            .filter(({ scale }) => scale !== 'x')
            .flatMap(({ texts }) => texts.filter((text) => !isRound(text)));
        expect(found(odd)).toEqual([]);
      });

      it('has legends that are whole and leave the panel to its lines', () => {
        const large = ({ legend }: Inspected): string[] => {
          const { entries = 0, share = 0, scrolls = false } = legend ?? {};
          return share > 0.34 || scrolls ? [`${entries} entries on ${Math.round(share * 100)} %`] : [];
        };
        expect(found(large)).toEqual([]);
      });

      it(`has no more than ${mostLines} lines and ${mostTiles} tiles in a panel`, () => {
        const many = ({ legend, figures }: Inspected): string[] => [
          ...((legend?.entries ?? 0) > mostLines ? [`${legend?.entries ?? 0} lines`] : []),
          ...(figures.texts.length > mostTiles ? [`${figures.texts.length} tiles`] : []),
        ];
        expect(found(many)).toEqual([]);
      });

      it('shows every title and every figure whole', () => {
        const cut = ({ titleCut, figures }: Inspected): string[] => [
          ...(titleCut ? ['its title'] : []),
          ...figures.cut.map((text) => text.replaceAll(/\s+/g, ' ')),
        ];
        expect(found(cut)).toEqual([]);
      });

      it('says once of which currency an amount is', () => {
        const repeated = ({ figures }: Inspected): string[] =>
          figures.texts
            .filter((text) => /\b([A-Z]{3})\b[^]*\b\1\b/.test(text))
            .map((text) => text.replaceAll(/\s+/g, ' '));
        expect(found(repeated)).toEqual([]);
      });

      it(`shows the name and the value of every bar and band whole, and no more than ${mostBars} of them`, () => {
        const squeezed = ({ bars }: Inspected): string[] => [
          ...bars.cut.map((text) => text.replaceAll(/\s+/g, ' ')),
          ...(bars.count > mostBars ? [`${bars.count} bars`] : []),
        ];
        expect(found(squeezed)).toEqual([]);
      });

      it('shows so much of the names in legends that they can be told apart', () => {
        const alike = ({ legend }: Inspected): string[] =>
          (legend?.seen ?? []).filter((name, index, names) => names.indexOf(name) !== index);
        expect(found(alike)).toEqual([]);
      });

      it(`has no more than ${mostPanels} panels`, () => {
        expect(panels.length).toBeLessThanOrEqual(mostPanels);
      });
    });
  });
});
