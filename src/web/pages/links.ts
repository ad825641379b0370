import type { RecordQuery } from '../view/types.ts';

const segment = encodeURIComponent;

/** Where the page of a company is. @param prefix as `PageContext` has it. */
export function companyPath(prefix: string, company: string): string {
  return `${prefix}/companies/${segment(company)}`;
}

export function monitorPath(prefix: string, company: string, monitor: string): string {
  return `${companyPath(prefix, company)}/${segment(monitor)}`;
}

export function errorPath(prefix: string, error: string): string {
  return `${prefix}/errors/${segment(error)}`;
}

/** The parameters of a query of records, without those that say nothing. */
export function recordParameters(query: Partial<RecordQuery>): string {
  const parameters = new URLSearchParams();
  if (query.search !== undefined && query.search !== '') parameters.set('search', query.search);
  if (query.order !== undefined && query.order !== 'urgency') parameters.set('order', query.order);
  if (query.offset !== undefined && query.offset > 0) parameters.set('offset', String(query.offset));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
