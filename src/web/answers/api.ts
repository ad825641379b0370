import { createHash } from 'node:crypto';
import {
  readCompanyCursor,
  readErrorCursor,
  companyCursor,
  errorCursor,
  readRecordCursor,
} from '../api/cursor.ts';
import { parameters, readParameters } from '../api/parameters.ts';
import {
  presentCompany,
  presentError,
  presentErrorDetail,
  presentLookup,
  presentMonitor,
  presentOverview,
} from '../api/present.ts';
import { queryOf, textAnswer } from '../server/http.ts';
import type { Answer, HttpRequest } from '../server/http.ts';
import { errorOf, errorsOf } from '../view/errors.ts';
import { lookUp } from '../view/lookup.ts';
import { companyOf, monitorOf } from '../view/monitor.ts';
import { overviewOf } from '../view/overview.ts';
import type { RecordCursor } from '../view/types.ts';
import { viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** Whether a client has this state of a document already (RFC 9110, 13.1.2). */
function isUnchanged({ headers }: HttpRequest, tag: string): boolean {
  const known = (headers['if-none-match'] ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}

/** A document, which a client may keep if it asks each time whether it is still the same. */
function jsonAnswer(request: HttpRequest, document: unknown): Answer {
  const body = `${JSON.stringify(document)}\n`;
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const headers = { 'Cache-Control': 'private, no-cache', ETag: tag };
  return isUnchanged(request, tag)
    ? { status: 304, headers, body: '' }
    : { status: 200, headers: { ...headers, 'Content-Type': 'application/json' }, body };
}

const badCursor = textAnswer(
  400,
  'Parameter cursor: is no next_cursor of this list in this order; leave it out for the first page',
);

const notFound = textAnswer(404, 'There is no such thing, or none that you may see.');

/** GET /api/v1/openapi.json */
export function openApiAnswer({ request, apiDocument }: PageVisit): Answer {
  return jsonAnswer(request, apiDocument);
}

/** GET /api/v1/overview */
export function apiOverview({ request, snapshot, visitor, now, timezone }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.none);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const context = { now: now(), timezone: timezone() };
  return jsonAnswer(request, presentOverview(overviewOf(snapshot, viewerOf(visitor), context)));
}

/** GET /api/v1/companies: by name, so that a cursor stays right whatever happens. */
export function apiCompanies({ request, snapshot, visitor, now, timezone }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.list);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const { cursor, limit } = asked.values;
  const after = cursor === undefined ? '' : readCompanyCursor(cursor);
  if (after === undefined) return badCursor;
  const view = overviewOf(snapshot, viewerOf(visitor), { now: now(), timezone: timezone() });
  const rest = view.companies
    .filter(({ company }) => company > after)
    .sort((one, other) => (one.company < other.company ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return jsonAnswer(request, {
    items: items.map(presentCompany),
    total: view.companies.length,
    next_cursor: last === undefined || rest.length === items.length ? null : companyCursor(last.company),
  });
}

/** GET /api/v1/companies/:company */
export function apiCompany({ request, snapshot, visitor, now, params }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.none);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const card = companyOf(snapshot, viewerOf(visitor), params['company'] ?? '', now());
  return card === undefined ? notFound : jsonAnswer(request, presentCompany(card));
}

/** GET /api/v1/companies/:company/monitors/:monitor */
export function apiMonitor({ request, snapshot, visitor, now, params }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.records);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const { cursor, ...query } = asked.values;
  const after: RecordCursor | undefined =
    cursor === undefined ? undefined : readRecordCursor(cursor, query.order);
  if (cursor !== undefined && after === undefined) return badCursor;
  const { company = '', monitor = '' } = params;
  const view = monitorOf(
    snapshot,
    viewerOf(visitor),
    { company, monitor },
    { ...query, offset: 0, ...(after === undefined ? {} : { after }) },
    now(),
  );
  return view === undefined ? notFound : jsonAnswer(request, presentMonitor(view));
}

/** GET /api/v1/errors: the most frequent first. */
export function apiErrors({ request, snapshot, visitor, now }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.list);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const { cursor, limit } = asked.values;
  const after = cursor === undefined ? { count: Infinity, error: '' } : readErrorCursor(cursor);
  if (after === undefined) return badCursor;
  const lines = errorsOf(snapshot, viewerOf(visitor), now());
  const rest = lines.filter(
    ({ count, errorClass }) => count < after.count || (count === after.count && errorClass > after.error),
  );
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const isLast = last === undefined || rest.length === items.length;
  return jsonAnswer(request, {
    items: items.map(presentError),
    total: lines.length,
    next_cursor: isLast ? null : errorCursor(last.count, last.errorClass),
  });
}

/** GET /api/v1/errors/:error */
export function apiError({ request, snapshot, visitor, now, params }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.none);
  if (!asked.ok) return textAnswer(400, asked.fault);
  const detail = errorOf(snapshot, viewerOf(visitor), params['error'] ?? '', now());
  return detail === undefined ? notFound : jsonAnswer(request, presentErrorDetail(detail));
}

/** GET /api/v1/lookup */
export function apiLookup({ request, snapshot, visitor, now }: PageVisit): Answer {
  const asked = readParameters(queryOf(request), parameters.lookup);
  if (!asked.ok) return textAnswer(400, asked.fault);
  return jsonAnswer(request, presentLookup(lookUp(snapshot, viewerOf(visitor), asked.values.record, now())));
}
