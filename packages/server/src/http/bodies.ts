// Bodies as they come in: JSON and YAML as UTF-8, iCalendar where it is asked for, forms of the pages, and anything at all
// as the data of a CloudEvent in binary mode. What is not understood is a 415; one request has one content type and no
// content encoding.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isBinary } from './cloud-event.ts';
import { checkText, parseJson } from './json.ts';
import { Problem } from './problem.ts';

const JSON_TYPES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];
const YAML_TYPES = ['application/yaml', 'text/yaml', 'application/x-yaml'];

export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request) => checkHeaders(request));
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    body.length === 0 ? undefined : parseJson(decode(body)),
  );
  app.addContentTypeParser(YAML_TYPES, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    decodeText(body),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      checkText(form, '');
      return form;
    },
  );
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) =>
      MULTIPART_ROUTES.has(request.routeOptions.url ?? '') ? multipartOf(request, body) : anything(request, body),
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    anything(request, body),
  );
}

/** Node keeps the first of several Content-Type headers; which one the sender meant nobody can know. */
function checkHeaders(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem(
      'unsupported_media_type',
      `Bodies are not taken with Content-Encoding "${encoding.slice(0, 40)}".`,
    );
  }
  const type = request.headers['content-type'];
  if (type === undefined) return;
  let count = 0;
  const { rawHeaders } = request.raw;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 12 && name.toLowerCase() === 'content-type') count += 1;
  }
  if (count > 1 || type.includes(',')) {
    throw new Problem('unsupported_media_type', 'The request has several content types; send one.');
  }
}

/** Addresses that take lists, as spreadsheets and programs write them. */
const LIST_ROUTES = new Set(['/v1/suppressions/import']);
const LIST_TYPES = ['text/csv', 'application/x-ndjson', 'application/jsonl'];

/** Addresses that take an iCalendar text. */
const CALENDAR_ROUTES = new Set(['/v1/schedules/:id/import']);

/** Mail programs may press the button of RFC 8058 in either form encoding; nothing else of ours takes this one. */
const MULTIPART_ROUTES = new Set(['/u/:token']);

async function multipartOf(request: FastifyRequest, body: Buffer): Promise<Readonly<Record<string, string>>> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const entries = await new Response(new Uint8Array(body), { headers }).formData().catch(() => {
    throw new Problem('invalid', 'The body is not multipart/form-data as RFC 7578 has it.');
  });
  const form = Object.fromEntries(
    [...entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  checkText(form, '');
  return form;
}

/** Binary mode carries data of any type (CloudEvents HTTP binding §3.1); everywhere else it is a mistake. */
function anything(request: FastifyRequest, body: Buffer): unknown {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/calendar' && CALENDAR_ROUTES.has(request.routeOptions.url ?? '')) return decode(body);
  if (LIST_TYPES.includes(type) && LIST_ROUTES.has(request.routeOptions.url ?? '')) return decodeText(body);
  const isEvent = request.routeOptions.url === '/v1/events' && isBinary(request.headers);
  if (!isEvent || type.startsWith('application/cloudevents')) {
    throw new Problem('unsupported_media_type', `The content type "${type.slice(0, 100)}" is not understood here.`);
  }
  if (body.length === 0) return undefined;
  if (type.endsWith('+json')) return parseJson(decode(body));
  return type.startsWith('text/') ? decodeText(body) : body;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new Problem('bad_json', 'The body is not UTF-8.');
  }
}

function decodeText(body: Buffer): string {
  const text = decode(body);
  checkText(text, '');
  return text;
}
