import type { Json } from './json.ts';

const refused = (description: string): Json => ({ description, content: { 'application/problem+json': {} } });

/** What the API has of what acts on other systems, by its path: the webhook of tickets, and remedies. */
export const actingPaths: Readonly<Record<string, Json>> = {
  '/api/v1/alertmanager': {
    post: {
      operationId: 'receiveAlerts',
      summary: 'Takes alerts: the webhook of Alertmanager, version 4.',
      description:
        'Needs the right `alerts`. The token of `tickets.webhook` alone has it. It is answered when everything is stored.',
      security: [{ bearer: [] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': { description: 'Everything is stored.' },
        '400': refused('It is no webhook of version 4: it must not be sent again.'),
        '401': refused('The token is missing or wrong.'),
        '404': refused('No tickets are configured.'),
        '413': refused('It has more than 8 MiB.'),
        '503': refused('It cannot be stored now: send it again.'),
      },
    },
  },
  '/api/v1/companies/{company}/monitors/{monitor}/relaunch': {
    post: {
      operationId: 'relaunchRecord',
      summary: 'Has a failed record tried by a remedy at once.',
      description:
        'Needs the right `remedies`. It is answered when the attempt is stored; `/api/v1/remedies` tells what was answered.',
      parameters: ['company', 'monitor'].map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: { type: 'object', required: ['record'], properties: { record: { type: 'string' } } },
          },
        },
      },
      responses: {
        '202': {
          description: 'The attempt is ordered.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['outcome'],
                properties: { outcome: { const: 'ordered' } },
              },
            },
          },
        },
        '401': refused('Nobody known asks.'),
        '403': refused('The right is missing.'),
        '404': refused('It is not seen as failed, or no remedy is there for it.'),
        '409': refused('An attempt is under way, the remedy is stopped, or there is maintenance.'),
        '429': refused('The attempts of this hour are used up, or the other system asked to wait.'),
        '503': refused('It cannot be stored now: send it again.'),
      },
    },
  },
  '/api/v1/remedies': {
    get: {
      operationId: 'listRemedies',
      summary: 'The remedies, how each stands, and the last attempts.',
      description:
        'Needs the right `page`. Attempts, which name records, are there for visitors who may see records, of their companies alone.',
      responses: {
        '200': {
          description: 'The remedies.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['remedies', 'problem', 'attempts'],
                properties: {
                  remedies: { type: 'array', items: { type: 'object' } },
                  problem: {
                    type: 'string',
                    description: 'Why nothing is tried at all; empty when that is not so.',
                  },
                  attempts: { type: 'array', items: { type: 'object' } },
                },
              },
            },
          },
        },
        '401': refused('Nobody known asks.'),
        '403': refused('The right is missing.'),
      },
    },
  },
};
