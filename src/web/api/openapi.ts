import { z } from 'zod';
import { actingPaths } from './acting.ts';
import { parameters } from './parameters.ts';
import type { Json } from './json.ts';
import { answers, parts } from './schema.ts';

export type { Json };

/** A call of the API as its document describes it. */
interface Call {
  readonly summary: string;
  readonly right: 'page' | 'records';
  readonly query: keyof typeof parameters;
  readonly answer: keyof typeof answers;
}

/** Every call that answers with data, by its path; parts of a path in braces. */
const calls: Readonly<Record<string, Call>> = {
  '/api/v1/overview': {
    summary: 'Whether everything is all right; if not, what is wrong, since when, and whose turn it is.',
    right: 'page',
    query: 'none',
    answer: 'Overview',
  },
  '/api/v1/companies': {
    summary: 'The companies by name, each with its figures and its monitors.',
    right: 'page',
    query: 'list',
    answer: 'CompanyList',
  },
  '/api/v1/companies/{company}': {
    summary: 'A company with its figures and its monitors.',
    right: 'page',
    query: 'none',
    answer: 'Company',
  },
  '/api/v1/companies/{company}/monitors/{monitor}': {
    summary: 'A monitor at a company, with its jobs and a page of its open records.',
    right: 'page',
    query: 'records',
    answer: 'Monitor',
  },
  '/api/v1/errors': {
    summary: 'The classes of open errors, the most frequent first.',
    right: 'page',
    query: 'list',
    answer: 'ErrorList',
  },
  '/api/v1/errors/{error}': {
    summary: 'A class of open errors, with the entry that makes it known where it is unknown.',
    right: 'page',
    query: 'none',
    answer: 'Error',
  },
  '/api/v1/lookup': {
    summary: 'Where a record is open: by its number, or else by a part of it.',
    right: 'records',
    query: 'lookup',
    answer: 'Lookup',
  },
};

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** The schemas of all answers by name, each part once. */
function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...parts, ...answers }))
    if (!registry.has(schema)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` });
  const named = Object.entries(schemas).map(([name, { $id, $schema, id, ...schema }]) => [name, schema]);
  return Object.fromEntries(named) as Json;
}

function queryParameters(name: keyof typeof parameters): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(parameters[name]);
  return Object.entries(properties).flatMap(([key, property]) => {
    if (typeof property === 'boolean') return [];
    const { description, ...schema } = property;
    const isRequired = required.includes(key) && schema.default === undefined;
    return [{ name: key, in: 'query', required: isRequired, description, schema }];
  });
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: `Name of the ${name ?? ''}, as the configuration has it.`,
    schema: { type: 'string' },
  }));
}

const problemAnswer = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: reference('Problem') } },
});

function operationOf(path: string, { summary, right, query, answer }: Call): Json {
  return {
    operationId: `get${answer}`,
    summary,
    description: `Needs the right \`${right}\`.`,
    parameters: [
      ...pathParameters(path),
      ...queryParameters(query),
      { $ref: '#/components/parameters/If-None-Match' },
    ],
    responses: {
      '200': {
        description: summary,
        headers: { ETag: { $ref: '#/components/headers/ETag' } },
        content: { 'application/json': { schema: reference(answer) } },
      },
      '304': { description: 'It is as it was: the ETag of If-None-Match is that of now.' },
      '400': problemAnswer('A parameter is wrong.'),
      '401': problemAnswer('Nobody known asks.'),
      '403': problemAnswer('The right is missing.'),
      '404': problemAnswer('There is no such thing, or none that the visitor may see.'),
      default: problemAnswer('Something else is wrong.'),
    },
  };
}

/** Answers of a refresh that are a refusal, by their status. */
const refreshRefusals: Readonly<Record<string, Json>> = {
  '401': problemAnswer('Nobody known asks.'),
  '403': problemAnswer(
    'The right is missing, or a page of another site asks, or a visitor of a session without its CSRF token.',
  ),
  '404': problemAnswer('There is no such monitor, or none that the visitor may see.'),
  '409': problemAnswer('The configuration was loaded again before the run ended: ask again.'),
  '429': {
    ...problemAnswer('It was read a moment ago, or too many monitors were.'),
    headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
  },
  '503': problemAnswer('erp-exporter is shutting down.'),
  default: problemAnswer('Something else is wrong.'),
};

const refreshPath = '/api/v1/companies/{company}/monitors/{monitor}/refresh';

const refreshAnswer = (description: string): Json => ({
  description,
  content: { 'application/json': { schema: reference('Refresh') } },
});

const refreshOperation: Json = {
  operationId: 'refreshMonitor',
  summary: 'Has a monitor read again now.',
  description:
    'Needs the right `refresh`. At most one run of a monitor at a time: who asks meanwhile waits for the same run. The body is empty.',
  parameters: [
    ...pathParameters(refreshPath),
    {
      name: 'X-CSRF-Token',
      in: 'header',
      description:
        'The token of the session, as the pages of that session have it. Only for visitors who come by the cookie of a session.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    '200': refreshAnswer('It was read, well or not: `failure` tells.'),
    '202': refreshAnswer('It is still being read after 8 seconds; what is told is of the run before.'),
    ...refreshRefusals,
  },
};

const documentOperation: Json = {
  operationId: 'getOpenApiDocument',
  summary: 'This document. It needs no right.',
  security: [{}],
  responses: {
    '200': {
      description: 'This document.',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    '304': { description: 'It is as it was.' },
  },
};

/** The OpenAPI 3.1 document of the API; it takes a while to make. @param prefix path under which all routes are, without a slash at its end. */
export function openApiDocument(prefix: string): Json {
  const paths = Object.entries(calls).map(([path, call]) => [path, { get: operationOf(path, call) }]);
  return {
    openapi: '3.1.1',
    info: {
      title: 'erp-exporter',
      version: '1.0.0',
      description:
        'What the pages show. Times are RFC 3339 in UTC, durations seconds, amounts exact decimal texts that are never added up across currencies.',
    },
    servers: [{ url: prefix === '' ? '/' : prefix }],
    security: [{ bearer: [] }, { basic: [] }, {}],
    paths: {
      ...Object.fromEntries(paths),
      [refreshPath]: { post: refreshOperation },
      ...actingPaths,
      '/api/v1/openapi.json': { get: documentOperation },
    },
    components: {
      schemas: componentSchemas(),
      parameters: {
        'If-None-Match': {
          name: 'If-None-Match',
          in: 'header',
          description: 'The ETag of an answer that the client has.',
          schema: { type: 'string' },
        },
      },
      headers: {
        ETag: { description: 'Changes with the answer.', schema: { type: 'string' } },
        'Retry-After': { description: 'When to ask again, in seconds.', schema: { type: 'integer' } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
  };
}
