import type { Translator } from '../../texts/translator.ts';
import type { Status, StatusChange } from './board.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as XML has it. The configuration lets no character in that XML has not. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

const element = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>`;

/** RFC 822, as RSS wants it. */
const dateOf = (at: number): string => new Date(at).toUTCString();

function itemOf({ id, at, company, flow, state, message }: StatusChange, url: string, t: Translator): string {
  const { language } = t;
  const title = `${company[language]}, ${flow[language]}: ${t.text(`state.${state}`)}`;
  return [
    '<item>',
    element('title', title),
    element('link', `${url}/status`),
    element('description', message === null ? title : message[language]),
    `<guid isPermaLink="false">urn:uuid:${escaped(id)}</guid>`,
    element('pubDate', dateOf(at)),
    '</item>',
  ].join('');
}

/** The changes of state as RSS 2.0, the newest first. */
export function statusFeed({ title, url, at, changes }: Status, t: Translator): string {
  const own = `${url}/status.rss`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
    element('title', title[t.language]),
    element('link', `${url}/status`),
    element('description', title[t.language]),
    element('language', t.language),
    element('lastBuildDate', dateOf(at)),
    `<atom:link href="${escaped(own)}" rel="self" type="application/rss+xml"/>`,
    ...changes.map((change) => itemOf(change, url, t)),
    '</channel></rss>',
    '',
  ].join('\n');
}
