/** What a placeholder of a template stands for. */
export interface TemplateValues {
  readonly record: string;
  readonly company: string;
  readonly monitor: string;
}

/** The names of the placeholders, and of the parameters of statements. */
export const placeholders = ['record', 'company', 'monitor'] as const;

/** One placeholder, `{record}`; its group is the name. */
const placeholder = /\{(record|company|monitor)\}/g;

/** Scheme and host, path, query. What it does not fit is no template. */
const parts = /^(https?:\/\/[^/?#\\]+)(\/[^?#\\]*)?(?:\?([^#]*))?$/i;

/** Longer addresses are refused by most servers, and no key of a record is so long. */
const mostCharacters = 4000;

/** A value cannot stand in a template: nothing must be sent. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const isPlaceholder = (name: string): name is keyof TemplateValues =>
  placeholders.some((known) => known === name);

/** Whether an address reads a segment as "here" or "up", also where its dots are encoded. */
function isDots(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}

function strayBraces(text: string): string | undefined {
  return /\{[^{}]*\}?|\}/.exec(text.replaceAll(placeholder, ''))?.[0];
}

/** What is wrong with the template of an address, for whoever wrote it; undefined: nothing. */
export function urlTemplateProblem(template: string): string | undefined {
  const [, origin, path = '/', query = ''] = parts.exec(template) ?? [];
  if (origin === undefined || !URL.canParse(origin))
    return 'is not an address without a fragment; write it as https://host/path?name=value';
  if (origin.includes('@')) return 'contains a login; write it into header_files';
  if (/[{}]/.test(origin)) return 'has a placeholder in its host; only path and query may have one';
  const stray = strayBraces(path) ?? strayBraces(query);
  if (stray !== undefined)
    return `has ${JSON.stringify(stray)}, which is no placeholder; use {record}, {company} or {monitor}`;
  if (path.split('/').some(isDots)) return 'has a segment of dots; write the path without it';
  const names = query.split('&').map((pair) => pair.split('=', 1)[0] ?? '');
  if (names.some((name) => name.includes('{')))
    return 'has a placeholder in the name of a parameter; only its value may have one';
  const rendered = URL.parse(origin + withToken(path) + (query === '' ? '' : `?${withToken(query)}`));
  if (rendered?.pathname !== withToken(path) || rendered.search.slice(1) !== withToken(query))
    return 'has characters that must be encoded, such as spaces; write them as %20';
  return undefined;
}

const withToken = (text: string): string => text.replaceAll(placeholder, 'x');

/** `encodeURIComponent`, with the few marks that it leaves (RFC 3986, section 2.2). @throws TemplateError */
function encoded(name: string, value: string): string {
  if (value === '') throw new TemplateError(`the ${name} is empty`);
  if (!value.isWellFormed()) throw new TemplateError(`the ${name} is no valid Unicode`);
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function filled(text: string, values: TemplateValues): string {
  return text.replaceAll(placeholder, (whole, name: string) =>
    isPlaceholder(name) ? encoded(name, values[name]) : whole,
  );
}

/**
 * The address of a template without problems. Whatever the values are, it has the scheme, the host and as many segments and
 * parameters as the template.
 *
 * @throws TemplateError when a value cannot stand there: it is empty, or would make a segment of dots.
 */
export function renderUrl(template: string, values: TemplateValues): URL {
  const [, origin, path = '/', query] = parts.exec(template) ?? [];
  if (origin === undefined) throw new TemplateError('the template is no address');
  const segments = path.split('/').map((segment) => filled(segment, values));
  if (segments.some(isDots))
    throw new TemplateError('the address would lead elsewhere: a part of it is dots');
  const wanted = segments.join('/');
  const asked = query === undefined ? '' : `?${filled(query, values)}`;
  const text = `${origin}${wanted}${asked}`;
  if (text.length > mostCharacters) throw new TemplateError('the address would be too long');
  const url = URL.parse(text);
  // The second belt: what an address is read as must be what was written.
  if (url?.origin !== new URL(origin).origin || url.pathname !== wanted || url.search !== asked)
    throw new TemplateError('the address would lead elsewhere');
  return url;
}

/** A body with the placeholders of its texts replaced, once: what a value holds is never read as a placeholder. */
export function renderBody(body: unknown, values: TemplateValues): unknown {
  if (typeof body === 'string')
    return body.replaceAll(placeholder, (whole, name: string) =>
      isPlaceholder(name) ? values[name].toWellFormed() : whole,
    );
  if (Array.isArray(body)) return body.map((item) => renderBody(item, values));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, renderBody(value, values)]));
}

/** Where a call of a template goes: `host` or `host:port`, in lower case. */
export function hostOf(template: string): string {
  return new URL((parts.exec(template) ?? [])[1] ?? '').host;
}
