import { languages } from '../known-errors/catalogue.ts';
import type { Catalogue, KnownError } from '../known-errors/catalogue.ts';

/** The texts of a known error that mails have, and what the templates call them. */
const texts = { meaning: 'explanation', action: 'action' } as const;
type Part = keyof typeof texts;
const parts = Object.keys(texts) as readonly Part[];

/** A text as a string constant of Go's templates, so that nothing in it is markup or an action. */
export function goString(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** A template that takes a language and the label `error`; `otherwise` is what it says of any other error. */
function chain(name: string, part: Part, errors: readonly KnownError[], otherwise: string): string {
  const cases = errors.map((error, index) => {
    const all = languages.map((language) => goString(error[texts[part]][language])).join(' ');
    const branch = index === 0 ? 'if' : 'else if';
    return `{{- ${branch} eq $error ${goString(error.id)} }}{{ template "erp.pick" (stringSlice $l ${all}) }}`;
  });
  const last = cases.length === 0 ? otherwise : `{{- else }}${otherwise}{{ end }}`;
  const opening = `{{ define "${name}" }}{{ $l := index . 0 }}{{ $error := index . 1 }}`;
  return [opening, ...cases, `${last}{{ end }}`].join('\n');
}

/** `errors.tmpl`: what each error of the shipped catalogue means, and what to do about it, in every language. */
export function errorTemplates({ errors }: Catalogue): string {
  const head =
    '{{/* Generated from config/known-errors.yml with npm run generate; do not edit. Each takes a language and an error. */}}';
  const own = parts.map(
    (part) =>
      `{{/* Defined anew in alertmanager.yml, where the configuration has errors of its own. */}}
{{ define "erp.${part}" }}{{ template "erp.${part}.shipped" . }}{{ end }}`,
  );
  const shipped = parts.map((part) =>
    chain(`erp.${part}.shipped`, part, errors, '{{ template "erp.word.elsewhere" $l }}'),
  );
  return `${[head, ...own, ...shipped].join('\n\n')}\n`;
}

/** The errors of the user's own catalogue, which come before the shipped ones; nothing when there are none. */
export function ownErrorTemplates({ errors }: Catalogue): readonly string[] {
  const own = errors.filter((error) => error.own);
  if (own.length === 0) return [];
  return parts.map(
    (part) => `${chain(`erp.${part}`, part, own, `{{ template "erp.${part}.shipped" . }}`)}{{- "" -}}`,
  );
}
