import { markerLine } from './marker.ts';
import { fenced, shorten } from './markup.ts';

/** GitHub takes 65,536 characters in a text, the others more. */
const mostCharacters = 60_000;

/** The marker's line where Markdown is read but not shown. */
export function hiddenMarker(marker: string): string {
  return `<!--\n${markerLine(marker)}\n-->`;
}

/** Markdown in which nothing of the text is read, with something of ours below it. */
export function markdown(text: string, below: string): string {
  return fenced(shorten(text, mostCharacters), below);
}
