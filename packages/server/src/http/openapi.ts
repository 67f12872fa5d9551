// OpenAPI 3.1 of the routes that are registered. A route without a sentence in openapi-summaries.ts fails the test that
// compares them, so the reference cannot fall behind; bodies are openapi-bodies.ts, queries and answers openapi-shapes.ts.
import { ERRORS, SHAPES } from '@relance/core';
import { z } from 'zod';
import { BODIES, bodySchemas } from './openapi-bodies.ts';
import { ANSWERS, type AnswerShape, QUERIES } from './openapi-shapes.ts';
import { SUMMARIES } from './openapi-summaries.ts';
import type { HttpPorts } from './ports.ts';
import type { RouteSeen } from './route-table.ts';

const toPath = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}').replace(/\*$/, '{rest}');

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly [name: string]: unknown;
}

export function openApi(routes: readonly RouteSeen[], ports: Pick<HttpPorts, 'version'>) {
  const written = bodySchemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of [...routes].sort((a, b) => a.path.localeCompare(b.path))) {
    const path = toPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route.method, path, written) };
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
        ...Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, z.toJSONSchema(shape)])),
        ...written,
        Problem: PROBLEM,
      },
    },
  };
}

const TEXT = { type: 'string' } as const;
/** RFC 9457, with our code and what to do next. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'next'],
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: 'integer' },
    code: { enum: Object.keys(ERRORS) },
    detail: TEXT,
    next: TEXT,
    errors: { type: 'array', items: { type: 'object', properties: { path: TEXT, message: TEXT } } },
  },
} as const;

function operation(method: string, path: string, schemas: Readonly<Record<string, object>>): Operation {
  const route = `${method} ${path}`;
  const body = BODIES[route];
  const inbox = path.startsWith('/v1/inbox');
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_all, letter: string | undefined) => (letter ?? '').toUpperCase())}`,
    summary: SUMMARIES[route] ?? '',
    tags: [/^\/v1\/([a-z-]+)/.exec(path)?.[1] ?? (/^\/(a\/|u\/|p\/|mailbox)/.test(path) ? 'pages' : 'operations')],
    security: path.startsWith('/v1/') ? [inbox ? { recipientToken: [] } : { apiKey: [] }] : [],
    parameters: parameters(method, path),
    ...(body === undefined ? {} : { requestBody: requestBody(body, schemas) }),
    responses: {
      ...success(ANSWERS[route] ?? { status: 200, shape: null }),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** Where a version can be expected (expected.ts). */
const WRITTEN_OVER: ReadonlySet<string> = new Set(
  ['policies', 'templates', 'calendars', 'schedules', 'groups', 'categories', 'connections'].map(
    (name) => `PUT /v1/${name}/{id}`,
  ),
);

/** For a follow-up as it was seen (RFC 9110, section 13.1.1), by its revision. */
const isCommand = (path: string): boolean => /^\/v1\/follow-ups\/(\{id\}|by-key\/\{policy\}\/\{key\})\/\w+$/.test(path);

function parameters(method: string, path: string): readonly object[] {
  const inPath = [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: TEXT,
  }));
  const query = QUERIES[`${method} ${path}`];
  const asked = z.toJSONSchema(query ?? z.object({}), { unrepresentable: 'any', io: 'input' });
  const inQuery = Object.entries(asked.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: asked.required?.includes(name) === true,
    schema,
  }));
  const byKey = path.includes('/by-key/') ? [{ name: 'assignee', in: 'query', required: false, schema: TEXT }] : [];
  const once = method === 'POST' && path.startsWith('/v1/');
  const headers = once
    ? ['Idempotency-Key', ...(isCommand(path) ? ['If-Match'] : [])]
    : WRITTEN_OVER.has(`${method} ${path}`)
      ? ['If-Match', 'If-None-Match']
      : [];
  const inHeader = headers.map((name) => ({
    name,
    in: 'header',
    required: false,
    schema: { ...TEXT, maxLength: 255 },
  }));
  return [...inPath, ...inQuery, ...byKey, ...inHeader];
}

/** An object of which nothing need be said may be left out as a whole. */
function requestBody(body: Readonly<Record<string, object>>, schemas: Readonly<Record<string, object>>) {
  const { $ref } = (body['application/json'] ?? {}) as { readonly $ref?: string };
  const schema: { type?: string; required?: readonly string[] } = schemas[$ref?.split('/').at(-1) ?? ''] ?? {};
  return {
    required: schema.type !== 'object' || (schema.required ?? []).length > 0,
    content: Object.fromEntries(Object.entries(body).map(([type, one]) => [type, { schema: one }])),
  };
}

function success({ status, or, shape, list, texts = [], events }: AnswerShape): Readonly<Record<string, object>> {
  const description = status === 202 ? 'Committed' : status === 201 ? 'Made' : 'Done';
  const content = {
    ...(shape === null ? {} : { 'application/json': { schema: list === true ? pageOf(shape) : named(shape) } }),
    ...Object.fromEntries(texts.map((type) => [type, { schema: TEXT }])),
    ...(events === undefined ? {} : { 'text/event-stream': { schema: TEXT, 'x-events': eventsOf(events) } }),
  };
  const told = Object.keys(content).length === 0 ? {} : { content };
  return {
    [status]: { description, ...told },
    ...(or === undefined ? {} : { [or.status]: { description: or.when, ...told } }),
  };
}

const named = (shape: string) => ({ $ref: `#/components/schemas/${shape}` });
const pageOf = (shape: string) => ({
  type: 'object',
  required: ['items', 'nextCursor'],
  properties: { items: { type: 'array', items: named(shape) }, nextCursor: { type: ['string', 'null'] } },
});
/** OpenAPI 3.1 knows no streams: the data of each event, by its name. */
const eventsOf = (events: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(events).map(([name, shape]) => [name, named(shape)]));
