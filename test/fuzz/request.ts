// One random request at a route of the table (openapi.json): its path with parameters that are known, or odd; a body that its schema
// takes, or a mutant; and content types, queries and headers of every kind. A route that is new is asked without being named here.
import type { Random } from '../random.ts';
import { fromSchema, mangled, mutant, naughty, naughtyText } from './mutant.ts';

export interface Route {
  readonly method: string;
  /** As OpenAPI writes it: `/v1/recipients/{id}`. */
  readonly path: string;
  readonly query: readonly string[];
  /** Schemas of its bodies by content type. */
  readonly contents: Readonly<Record<string, object>>;
}

export interface Known {
  /** Ids that there are, of anything. */
  readonly ids: readonly string[];
  /** By the place of a page (`a`, `me`, `t/o`): tokens that lead somewhere. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  /** A key of the admin, and a token of a recipient. */
  readonly key: string;
  readonly recipient: string;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** Of a page: the link that it is. */
  readonly link: string | null;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

/** What stands under a name in the place of the name. */
function whole(schema: unknown, schemas: Readonly<Record<string, object>>): unknown {
  if (Array.isArray(schema)) return schema.map((one) => whole(one, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return whole(schemas[String(schema.$ref).split('/').at(-1) ?? ''], schemas);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, whole(value, schemas)]));
}

export const routesOf = (document: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}): readonly Route[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
      contents: Object.fromEntries(
        Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [
          type,
          whole(schema, document.components.schemas) as object,
        ]),
      ),
    })),
  );

const FORM = 'application/x-www-form-urlencoded';
const TYPES = [
  'application/json',
  FORM,
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/yaml',
  'text/csv',
  'application/x-ndjson',
  'text/calendar',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/xml',
  'application/json; charset=utf-16',
  'text/plain',
  'a/b, c/d',
  'nonsense',
];
/** What forms of our pages have, and what none has. */
const FIELDS = [
  'do',
  'about',
  'to',
  'email',
  'on',
  'for',
  'comment',
  'fresh',
  'undo',
  'outcome',
  'all',
  'note',
  'token',
];
const DONE = ['acknowledge', 'resolve', 'snooze', 'commit', 'delegate', 'decline', 'note', 'undo', 'approve', 'refuse'];
const REAL_MIN = 0.8;

/** `proven`: with keys and tokens that hold; else with none, or wrong ones. */
export function requestAt(route: Route, random: Random, known: Known, proven: boolean): Asked {
  const place = /^\/(a|u|p|me|s|t\/o|t\/c)\/\{token\}/.exec(route.path)?.[1] ?? null;
  let link: string | null = null;
  const path = route.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const tokens = place === null ? [] : (known.tokens[place] ?? []);
    if (proven && name === 'token' && tokens.length > 0 && random.chance(REAL_MIN)) {
      link = random.pick(tokens);
      return link;
    }
    // What is taken away for good is mostly what is not there, or soon there would be nothing to ask.
    const isThere = random.chance(route.method === 'DELETE' || route.path.endsWith('/erase') ? 0.05 : REAL_MIN);
    return encodeURIComponent((isThere ? random.pick(known.ids) : naughtyText(random)).toWellFormed()).slice(0, 600);
  });
  const query = random.chance(0.3) ? `?${queryOf(route, random)}` : '';
  const headers: Record<string, string> = { authorization: authorizationOf(route, random, known, proven) };
  if (random.chance(0.2)) headers[random.pick(HEADERS)] = headerText(naughtyText(random));
  if (random.chance(0.2)) headers.accept = random.pick(['application/json', 'text/html', '*/*', 'x']);
  const hasBody = route.method !== 'GET' && random.chance(0.95);
  return {
    method: route.method,
    url: `${path}${query}`,
    link,
    ...(hasBody ? bodyOf(route, random, headers) : { headers, body: undefined }),
  };
}

const HEADERS = [
  'idempotency-key',
  'user-agent',
  'accept-language',
  'content-encoding',
  'sec-purpose',
  'last-event-id',
  'ce-id',
  'ce-type',
  'ce-specversion',
  'x-forwarded-for',
  'cookie',
  'range',
];
/** What a header can carry over the wire at all. */
const headerText = (text: string): string => text.replace(/[^\t -~]/g, '?').slice(0, 2_000);

function authorizationOf({ path }: Route, random: Random, { key, recipient }: Known, proven: boolean): string {
  if (!proven)
    return random.pick(['', 'Bearer wrong', 'Basic eDp5', `Bearer ${key.slice(1)}`, headerText(naughtyText(random))]);
  // A stream has no end to wait for.
  if (path.endsWith('/stream')) return '';
  return `Bearer ${path.startsWith('/v1/inbox') ? recipient : key}`;
}

function queryOf({ query }: Route, random: Random): string {
  const names = query.length > 0 ? query : ['q', 'next'];
  return Array.from({ length: 1 + random.below(3) }, () => {
    const name = random.chance(0.8) ? random.pick(names) : naughtyText(random);
    const text = random.chance(0.1)
      ? '%zz%ff%c3%28'
      : encodeURIComponent(naughtyText(random).slice(0, 300).toWellFormed());
    return `${encodeURIComponent(name.slice(0, 100).toWellFormed())}=${text}`;
  }).join('&');
}

function bodyOf({ contents }: Route, random: Random, headers: Record<string, string>): Pick<Asked, 'headers' | 'body'> {
  const declared = Object.keys(contents);
  const type = declared.length > 0 && random.chance(0.8) ? random.pick(declared) : random.pick(TYPES);
  const sent = { ...headers, 'content-type': type };
  const schema = contents[type];
  if (random.chance(0.03)) return { headers: sent, body: random.pick(HOSTILE)() };
  const written = bodyText(type, schema ?? {}, random);
  return { headers: sent, body: random.chance(0.1) ? mangled(Buffer.from(written), random) : written };
}

const HOSTILE: readonly (() => string | Buffer)[] = [
  () => '['.repeat(20_000),
  () => `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  () => Buffer.from([0x22, 0xc3, 0x28, 0x22]),
  () => '{"a":1e400}',
  () => '9'.repeat(400),
  () => `{"a":"${'x'.repeat(1_100_000)}"}`,
  () => '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  () => `${'a=1&'.repeat(20_000)}`,
  () => `--x\r\n${'x: y\r\n'.repeat(5_000)}\r\n\r\n--x--`,
  () => '&a: [*a, *a]\nb: &b [*b]',
  () => '',
];

function bodyText(type: string, schema: object, random: Random): string {
  if (type === FORM || type.startsWith('multipart/')) {
    const fields = Array.from({ length: 1 + random.below(4) }, (): [string, string] => [
      random.chance(0.85) ? random.pick(FIELDS) : naughtyText(random),
      random.chance(0.5) ? random.pick(DONE) : naughtyText(random),
    ]);
    if (type === FORM)
      return new URLSearchParams(fields.map(([name, text]) => [name.toWellFormed(), text.toWellFormed()])).toString();
    return `${fields.map(([name, text]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`).join('')}--x--`;
  }
  if (type === 'text/csv')
    return `channel,address,reason\r\n${Array.from({ length: 3 }, () => `${random.pick(['email', 'sms', naughtyText(random)])},${naughtyText(random)},"${naughtyText(random)}`).join('\r\n')}`;
  if (type === 'text/calendar')
    return `BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:${naughtyText(random)}\nRRULE:${naughtyText(random)}\nEND:VEVENT\nEND:VCALENDAR`;
  if (type === 'application/yaml')
    return random.chance(0.5)
      ? naughtyText(random)
      : (JSON.stringify(mutant(fromSchema(schema, random), random)) ?? 'null');
  const value = random.chance(0.9) ? mutant(fromSchema(schema, random), random) : naughty(random);
  const text = JSON.stringify(value) ?? 'null';
  return type === 'application/x-ndjson' ? `${text}\n${text}\n` : text;
}
