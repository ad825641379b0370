import type uPlot from 'uplot';
import type { Ticks } from './plots.ts';
import { ticksOf } from './plots.ts';

/** A column of a table as it is drawn. */
export interface InspectedColumn {
  readonly name: string;
  readonly width: number;
  readonly headingCut: boolean;
  readonly cells: readonly string[];
  /** Texts that are not whole: cut off at the cell's edge. */
  readonly cut: readonly string[];
}
export interface Inspected {
  readonly panel: string;
  readonly type: string;
  readonly columns: readonly InspectedColumn[];
  /** Pixels of a table that lie beyond the panel's right edge. */
  readonly beyond: number;
  readonly axes: readonly Ticks[];
  /** Entries of the legend, their names as far as they are seen, and its share of the panel's content. */
  readonly legend:
    | {
        readonly entries: number;
        readonly seen: readonly string[];
        readonly share: number;
        readonly scrolls: boolean;
      }
    | undefined;
  readonly titleCut: boolean;
  /** Figures that stand beside each other, and those that are wider or higher than their place, or broken into lines. */
  readonly figures: { readonly texts: readonly string[]; readonly cut: readonly string[] };
  /** Bars and bands, and the names or values among them that are cut off. */
  readonly bars: { readonly count: number; readonly cut: readonly string[] };
  /** Text of the panel as one reads it. */
  readonly text: string;
}

const all = (within: ParentNode, selector: string): HTMLElement[] => [
  ...within.querySelectorAll<HTMLElement>(selector),
];

/** Whether anything in the element is cut off, itself or what it contains. */
function isCut(element: HTMLElement): boolean {
  const box = element.getBoundingClientRect();
  const range = document.createRange();
  range.selectNodeContents(element);
  const content = range.getBoundingClientRect();
  return content.right > box.right + 1 || content.bottom > box.bottom + 1;
}

function columnsOf(panel: HTMLElement): InspectedColumn[] {
  return all(panel, '[role="columnheader"]').map((heading) => {
    const index = heading.getAttribute('aria-colindex') ?? '';
    const cells = all(panel, `[role="gridcell"][aria-colindex="${index}"]`);
    return {
      name: heading.innerText.trim(),
      width: Math.round(heading.getBoundingClientRect().width),
      headingCut: isCut(heading),
      cells: cells.map(({ innerText }) => innerText.trim()),
      cut: cells.filter(isCut).map(({ innerText }) => innerText.trim()),
    };
  });
}

function beyond(panel: HTMLElement): number {
  const [grid] = all(panel, '[role="grid"]');
  return grid === undefined ? 0 : grid.scrollWidth - grid.clientWidth;
}

function legendOf(panel: HTMLElement): Inspected['legend'] {
  const [legend] = all(panel, '[data-testid="data-testid viz-layout-legend"]');
  const container = legend?.parentElement;
  if (legend === undefined || !container) return undefined;
  const area = ({ clientWidth, clientHeight }: HTMLElement): number => clientWidth * clientHeight;
  const scrolls = [legend, ...all(legend, '*')].some(
    (element) =>
      element.scrollHeight > element.clientHeight + 2 &&
      ['auto', 'scroll'].includes(getComputedStyle(element).overflowY),
  );
  const entries = all(legend, 'button').length;
  const seen = all(legend, 'button').map(seenOf);
  return { entries, seen, share: area(legend) / area(container), scrolls };
}

/** The part of a text that is not cut off, the ellipsis apart. */
function seenOf({ innerText, clientWidth, scrollWidth }: HTMLElement): string {
  if (scrollWidth <= clientWidth) return innerText;
  return innerText.slice(0, Math.floor((innerText.length * clientWidth) / scrollWidth) - 1);
}

/** Whether it is wider than its place. */
const isShortened = ({ scrollWidth, clientWidth }: HTMLElement): boolean => scrollWidth > clientWidth;

/** Whether a text of the element stands on more than one line. */
function isBroken(element: HTMLElement): boolean {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
    if (new Set(tops).size > 1) return true;
  }
  return false;
}

function figuresOf(panel: HTMLElement): Inspected['figures'] {
  const figures = all(panel, '.figure');
  const cut = figures.filter((figure) => isCut(figure) || isBroken(figure));
  const textOf = ({ innerText }: HTMLElement): string => innerText;
  return { texts: figures.map(textOf), cut: cut.map(textOf) };
}

/** Bars with their names and values, and bands with their names; a band below the panel's edge is not seen. */
function barsOf(panel: HTMLElement): Inspected['bars'] {
  const bars = all(panel, '.bar');
  const names = all(panel, '.bands span');
  const bottom = panel.getBoundingClientRect().bottom;
  const cut = [
    ...bars.filter((bar) => isCut(bar) || all(bar, 'div').some(isShortened)),
    ...names.filter((name) => isShortened(name) || name.getBoundingClientRect().bottom > bottom),
  ];
  return { count: bars.length + names.length, cut: cut.map(({ innerText }) => innerText) };
}

/** Measures what is drawn. @param plots by the name of their panel. */
export function inspectPanels(within: Document, plots: ReadonlyMap<string, uPlot>): Inspected[] {
  return all(within, 'section[data-panel]').map((panel) => {
    const name = panel.dataset['panel'] ?? '';
    const plot = plots.get(name);
    return {
      panel: name,
      type: panel.dataset['type'] ?? '',
      columns: columnsOf(panel),
      beyond: beyond(panel),
      axes: plot === undefined ? [] : ticksOf(plot),
      legend: legendOf(panel),
      titleCut: all(panel, 'h2').some(isShortened),
      figures: figuresOf(panel),
      bars: barsOf(panel),
      text: panel.innerText,
    };
  });
}
