// OpenAPI 3.1 of the routes that are registered. A route without a sentence here fails the test that compares them, so
// the reference cannot fall behind.
import { ERRORS, policyJsonSchema } from '@relance/core';
import { z } from 'zod';
import { SUMMARIES } from './openapi-summaries.ts';
import type { HttpPorts } from './ports.ts';
import type { RouteSeen } from './route-table.ts';
import { groupSchema } from './routes/group.ts';
import { recipientSchema } from './routes/recipient.ts';
import { templateSchema } from './routes/template.ts';

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
const BODIES: Readonly<Record<string, () => object>> = {
  'PUT /v1/recipients/{id}': () => jsonSchema(recipientSchema),
  'PUT /v1/groups/{id}': () => jsonSchema(groupSchema),
  'PUT /v1/templates/{id}': () => jsonSchema(templateSchema),
  'PUT /v1/policies/{id}': policyJsonSchema,
};

const toPath = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}').replace(/\*$/, '{rest}');

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly [name: string]: unknown;
}

export function openApi(routes: readonly RouteSeen[], ports: Pick<HttpPorts, 'version'>) {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of [...routes].sort((a, b) => a.path.localeCompare(b.path))) {
    const path = toPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route.method, path) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Relance',
      version: ports.version,
      description: 'Follow-ups that notify, remind, escalate and confirm until somebody has acted.',
    },
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        recipientToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'code', 'detail', 'next'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            code: { enum: Object.keys(ERRORS) },
            detail: { type: 'string' },
            next: { type: 'string' },
          },
        },
      },
    },
  };
}

function operation(method: string, path: string): Operation {
  const body = BODIES[`${method} ${path}`];
  const inbox = path.startsWith('/v1/inbox');
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_all, letter: string | undefined) => (letter ?? '').toUpperCase())}`,
    summary: SUMMARIES[`${method} ${path}`] ?? '',
    tags: [/^\/v1\/([a-z-]+)/.exec(path)?.[1] ?? (/^\/(a|mailbox)/.test(path) ? 'pages' : 'operations')],
    security: path.startsWith('/v1/') ? [inbox ? { recipientToken: [] } : { apiKey: [] }] : [],
    parameters: [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body() } } } }),
    responses: {
      ...(path === '/v1/events' && method === 'POST'
        ? { 202: { description: 'Committed' } }
        : { 200: { description: 'Done' } }),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}
