import { languages, responders } from '../known-errors/catalogue.ts';
import type { Texts } from '../known-errors/catalogue.ts';
import { messages } from '../texts/messages.ts';
import type { MessageKey } from '../texts/messages.ts';
import { goString } from './error-texts.ts';

/** The words of the mails, as templates call them, by the text that pages have for the same. */
const words = {
  resolved: 'mail.resolved',
  repaired: 'mail.repaired',
  critical: 'state.critical',
  warning: 'state.warning',
  amount: 'mail.amount',
  worth: 'label.amount',
  count: 'mail.count',
  since: 'label.since',
  flow: 'label.flow',
  record: 'label.record',
  call: 'label.call',
  code: 'label.code',
  message: 'label.message',
  meaning: 'label.meaning',
  action: 'label.action',
  responder: 'label.first_responder',
  remedy: 'remedy.name',
  meanwhile: 'mail.meanwhile',
  latest: 'mail.latest',
  beyond: 'mail.beyond',
  unknown: 'mail.unknown',
  elsewhere: 'mail.elsewhere',
  link: 'mail.link',
  missing: 'mail.missing',
  there: 'mail.there',
  runbook: 'mail.runbook',
  page: 'mail.page',
  dashboard: 'mail.dashboard',
  footer: 'mail.footer',
} as const satisfies Record<string, MessageKey>;

/** How templates choose a language. @param language what stands for the language in that template. */
function pick(language: string, texts: Texts): string {
  const all = languages.map((each) => goString(texts[each])).join(' ');
  return `{{ template "erp.pick" (stringSlice ${language} ${all}) }}`;
}

/** With a capital: in mails names stand alone. */
function capital(texts: Texts): Texts {
  const of = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  return { en: of(texts.en), nl: of(texts.nl), de: of(texts.de), fr: of(texts.fr) };
}

/** What a built-in responder is called; any other has the name that the configuration gives it. */
function partyTemplate(): string {
  const cases = responders.map((name, index) => {
    const branch = index === 0 ? 'if' : 'else if';
    return `{{- ${branch} eq $name ${goString(name)} }}${pick('$l', capital(messages[`responder.${name}`]))}`;
  });
  return [
    '{{ define "erp.party" }}{{ $l := index . 0 }}{{ $name := index . 1 }}',
    ...cases,
    '{{- else }}{{ reReplaceAll "[\\\\pC\\\\s]+" " " $name }}{{ end }}{{ end }}',
  ].join('\n');
}

/** `terms.tmpl`: the single words of the mails in every language, from the texts that the pages have. */
export function termTemplates(): string {
  const terms = Object.entries(words).map(
    ([word, key]) => `{{ define "erp.word.${word}" }}${pick('.', messages[key])}{{ end }}`,
  );
  return [
    '{{/* Generated from src/texts with npm run generate; do not edit. Each takes a language. */}}',
    ...terms,
    '',
    '{{/* A party: takes a language and the name that the configuration gives it. */}}',
    partyTemplate(),
    '',
  ].join('\n');
}
