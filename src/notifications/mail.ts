import type { Config } from '../config/config.ts';
import { goString, ownErrorTemplates } from './error-texts.ts';

/** The mails of every receiver, as templates of Alertmanager; they read the language from the receiver's name. */
export interface MailTemplates {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What the templates call a company: its title. They know labels alone, so the titles come with the configuration. */
function titles({ companies }: Config): readonly string[] {
  const titled = [...companies.values()].filter(({ name, title }) => name !== title);
  if (titled.length === 0) return [];
  return [
    '{{ define "erp.company" }}',
    ...titled.map(
      ({ name, title }, index) =>
        `{{- ${index === 0 ? '' : 'else '}if eq . ${goString(name)} }}{{ ${goString(title)} }}`,
    ),
    '{{- else }}{{ template "erp.clean" . }}{{ end }}{{ end -}}',
  ];
}

/** The links that the templates leave out unless an address is given. */
function links(
  { alerting: { pageUrl, runbookUrl, grafanaUrl } }: Config,
  form: 'html' | 'text',
): readonly string[] {
  return Object.entries({ page: pageUrl, runbook: runbookUrl, grafana: grafanaUrl }).flatMap(([name, url]) =>
    url === undefined
      ? []
      : [
          `{{ define "erp.${name}.url" }}{{ ${goString(url)} }}{{ end -}}`,
          `{{ define "erp.${name}.${form}" }}{{ template "erp.${name}.${form}.link" . }}{{ end -}}`,
        ],
  );
}

/** The templates of templates/erp.tmpl, with what only the configuration knows. */
export function mailTemplates(config: Config): MailTemplates {
  const company = titles(config);
  const errors = ownErrorTemplates(config.knownErrors);
  const lines = (...parts: readonly (readonly string[])[]) => parts.flat().join('\n');
  return {
    subject: lines(company, ['{{ template "erp.subject" . }}']),
    html: lines(company, errors, links(config, 'html'), ['{{ template "erp.html" . }}']),
    text: lines(company, errors, links(config, 'text'), ['{{ template "erp.text" . }}']),
  };
}
