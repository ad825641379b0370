import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { nobody } from '../../src/notifications/route.ts';
import { install } from './alertmanager-process.ts';

/** An alert as the templates see it; instants as ISO 8601. */
export interface TemplateAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Runs amtool. @throws with what it says, when its exit code is not 0. */
export function amtool(args: readonly string[]): string {
  return execFileSync('amtool', args, {
    encoding: 'utf8',
    timeout: 20_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Does something with an installed alertmanager.yml, then removes it. */
export function withInstalled<T>(yaml: string, use: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'amtool-'));
  try {
    return use(install(folder, yaml), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The receivers that Alertmanager chooses for labels: those that get something, or else the one that gets nothing. */
export function receiversBy(file: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const set = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const chosen = amtool(['config', 'routes', 'test', `--config.file=${file}`, '--', ...set])
    .trim()
    .split(',');
  const others = [...new Set(chosen)].filter((name) => name !== nobody);
  return others.length > 0 ? others.sort() : [nobody];
}

/** The labels or annotations that all alerts share. */
function common(sets: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((set) => set[name] === value)),
  );
}

const receiversSchema = z.object({
  receivers: z.array(
    z.object({
      name: z.string(),
      email_configs: z
        .array(z.object({ headers: z.object({ Subject: z.string() }), html: z.string(), text: z.string() }))
        .optional(),
    }),
  ),
});

/** Stands between a subject and a text that are rendered together; no template holds it. */
const mark = '@@ next @@';

/** Texts that each define what they use, as one: what several define is the same, and may be there once. */
function joined(texts: readonly string[]): string {
  const definitions = new Set<string>();
  const ends = texts.map((text) => {
    const at = text.lastIndexOf('{{ template ');
    for (const definition of text.slice(0, at).split(/(?=\{\{ define )/)) definitions.add(definition);
    return text.slice(at);
  });
  return [...definitions].join('') + ends.join(mark);
}

/** Renders the mail that a receiver of alertmanager.yml gets, with Alertmanager's own engine. */
export function render(yaml: string, receiver: string, alerts: readonly TemplateAlert[]): RenderedMail {
  const { receivers } = receiversSchema.parse(parse(yaml));
  const mail = receivers.find(({ name }) => name === receiver)?.email_configs?.[0];
  if (mail === undefined) throw new Error(`no receiver ${receiver}`);
  const data = {
    receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: 'http://alertmanager.example',
  };
  return withInstalled(yaml, (_file, folder) => {
    const dataFile = join(folder, 'data.json');
    writeFileSync(dataFile, JSON.stringify(data));
    const rendered = (type: 'text' | 'html', text: string) =>
      amtool([
        'template',
        'render',
        `--template.glob=${join(folder, 'templates', '*.tmpl')}`,
        `--template.type=${type}`,
        `--template.data=${dataFile}`,
        `--template.text=${text}`,
      ]);
    // Each start of amtool reads all templates.
    const [subject = '', text = ''] = rendered('text', joined([mail.headers.Subject, mail.text])).split(mark);
    return { subject, html: rendered('html', mail.html), text };
  });
}
