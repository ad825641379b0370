import type { z } from 'zod';
import type { Report } from '../source/report.ts';

/** A YAML mapping whose values have not been checked. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value of YAML is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of a section by name; empty when it is not a mapping, which the outline schema reports. */
export function entriesOf(root: Mapping, section: string): readonly (readonly [string, unknown])[] {
  const entries = root[section];
  return isMapping(entries) ? Object.entries(entries) : [];
}

/** The names of the entries of a section, also of entries with problems. */
export function namesOf(root: Mapping, section: string): readonly string[] {
  return entriesOf(root, section).map(([name]) => name);
}

/** The names of the responders of the configuration and of its companies, also of entries with problems. */
export function responderNamesOf(root: Mapping): readonly string[] {
  const own = entriesOf(root, 'companies').flatMap(([, company]) =>
    isMapping(company) ? namesOf(company, 'responders') : [],
  );
  return [...new Set([...namesOf(root, 'responders'), ...own])];
}

/** The valid entries of a section by name; the problems of the others are collected. */
export function readEntries<Schema extends z.ZodType>(
  root: Mapping,
  section: string,
  schema: Schema,
  report: Report,
): (readonly [string, z.output<Schema>])[] {
  return entriesOf(root, section).flatMap(([name, value]) => {
    const entry = report.read(schema, value, [section, name]);
    return entry === undefined ? [] : [[name, entry] as const];
  });
}

/** The entries of a section that is a list; empty when it is not a list, which the outline schema reports. */
export function listOf(root: Mapping, section: string): readonly unknown[] {
  const entries = root[section];
  return Array.isArray(entries) ? entries : [];
}

/** The entries of `monitors:`, unchecked. */
export function monitorsOf(root: Mapping): readonly unknown[] {
  return listOf(root, 'monitors');
}

/** The distinct texts that the entries have under a key. */
export function textsOf(entries: readonly unknown[], key: string): readonly string[] {
  const values = entries.map((entry) => (isMapping(entry) ? entry[key] : undefined));
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}

/** The data of a file without its keys `x-…`, which stand for nothing: they hold anchors of YAML, as in files of Compose. */
export function withoutExtensions(data: unknown): unknown {
  if (!isMapping(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('x-')));
}
