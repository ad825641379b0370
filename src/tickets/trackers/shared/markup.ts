/** Keeps two characters apart for programs, and shows nothing. */
const joiner = '\u2060';

/** Control characters but line breaks; trackers refuse them or show rubbish. */
const controls = /[^\P{Cc}\n]|[\u2028\u2029]/gu;

/** Lone surrogates would be no UTF-8. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replaceAll(controls, ' ');
}

/** Cut to `most` characters, never in the middle of one. */
export function shorten(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** For trackers that show text as it is. */
export function plain(text: string): string {
  return clean(text);
}

/** One line in which no mention, reference, emoji, link, macro or tag is found. */
export function plainTitle(title: string, most: number): string {
  const oneLine = clean(title).replaceAll(/\s+/g, ' ').trim();
  return shorten(oneLine.replaceAll(/[@#!~%$&:[\]{}<`](?=\S)/g, `$&${joiner}`), most);
}

/**
 * A fenced block of Markdown with the text, and below it the marker's line. Inside of a fence nothing is read: mentions and
 * references of GitHub, GitLab and Gitea are looked for in the rendered text, where a backslash no longer helps.
 */
export function fenced(text: string, below: string): string {
  const body = clean(text);
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${body}\n${fence}\n\n${below}`;
}

/** A block of Textile, as Redmine reads it, in which nothing is read. */
export function textile(text: string, below: string): string {
  const body = clean(text)
    .replaceAll(/<(?=\/?\s*(?:pre|code))/gi, `<${joiner}`)
    .replaceAll('{{', `{${joiner}{`);
  return `<pre>\n${body}\n</pre>\n\n${below}`;
}

/** A block of Jira's wiki markup in which nothing is read. */
export function wiki(text: string, below: string): string {
  const body = clean(text)
    .replaceAll(/\{(?=noformat)/gi, `{${joiner}`)
    .replaceAll('[~', `[${joiner}~`);
  return `{noformat}\n${body}\n{noformat}\n\n${below}`;
}
