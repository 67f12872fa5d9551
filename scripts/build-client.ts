// Makes packages/client/src/generated.ts of the server's own route table: `npm run build:client`. The server is put together as it is
// when it starts, with nothing behind it, and asked for /openapi.json in process: no network and no database. test/client-types.test.ts
// makes it again and compares. Why this is our own and no library: docs/decisions/0018-the-client-is-made-of-the-route-table.md.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HttpPorts } from '../packages/server/src/http/ports.ts';
import { createHttpServer } from '../packages/server/src/http/server.ts';
import {
  type Direction,
  docText,
  fieldName,
  mayBeNamed,
  type Naming,
  type Schema,
  shapeKey,
  typeText,
} from './type-text.ts';

const ROOT = join(import.meta.dirname, '..');
export const GENERATED = join(ROOT, 'packages', 'client', 'src', 'generated.ts');

const HEAD = `// The types of the HTTP interface: every shape, and of every route what is sent and what is answered. Made of the server's route
// table by \`npm run build:client\` (scripts/build-client.ts), and not to be edited: change the schemas that the routes check with
// (packages/server/src/http/routes) or the shapes that they answer (packages/core/src/contract), and make it again.

/** One page; \`nextCursor\` is the \`cursor\` of the next, null after the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
`;

type Content = Readonly<
  Record<string, { readonly schema?: Schema; readonly 'x-events'?: Readonly<Record<string, Schema>> }>
>;
interface Operation {
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Registering routes asks nothing of what is behind them; what it would ask fails here. */
const NOTHING_BEHIND = { version: '', stopping: () => false } as unknown as HttpPorts;

export async function readDocument(): Promise<Document> {
  const app = await createHttpServer(NOTHING_BEHIND);
  try {
    const answer = await app.inject({ url: '/openapi.json' });
    if (answer.statusCode !== 200) throw new Error(`The route table cannot be read: ${answer.body}`);
    return answer.json<Document>();
  } finally {
    await app.close();
  }
}

/** Pages for people, files and probes are no part of the interface. */
const isOfInterface = (path: string): boolean => path.startsWith('/v1/');

/** As in \`GET /v1/follow-ups/{id}\`, in the order of the document. */
export const routesOf = (document: Document): readonly (readonly [route: string, operation: Operation])[] =>
  Object.entries(document.paths)
    .filter(([path]) => isOfInterface(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );

export function typesOf(document: Document): string {
  const { schemas } = document.components;
  const sent = sentSchemas(document);
  const names = new Map<string, string>();
  const keyOf = (schema: Schema, direction: Direction): string =>
    schema.enum === undefined ? `${direction} ${shapeKey(schema)}` : shapeKey(schema);
  for (const [name, schema] of Object.entries(schemas))
    if (mayBeNamed(schema)) names.set(keyOf(schema, sent.has(name) ? 'sent' : 'answered'), name);
  const naming = (direction: Direction): Naming => ({
    direction,
    nameOf: (schema, of) => (mayBeNamed(schema) ? (names.get(keyOf(schema, of)) ?? null) : null),
  });
  const shapes = Object.entries(schemas)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, schema]) => shapeText(name, schema, naming(sent.has(name) ? 'sent' : 'answered')));
  const routes = routesOf(document).map(
    ([route, operation]) => `${docText(operation.summary)}readonly '${route}': {\n${routeText(operation, naming)}\n};`,
  );
  return [
    HEAD,
    ...shapes,
    '/** Every route, by its method and path. */',
    `export interface Routes {\n${routes.join('\n')}\n}\n`,
  ].join('\n');
}

/** Those that bodies are made of. */
function sentSchemas({ paths, components }: Document): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      look(components.schemas[name]);
    }
  };
  for (const methods of Object.values(paths)) for (const { requestBody } of Object.values(methods)) look(requestBody);
  return found;
}

function shapeText(name: string, schema: Schema, naming: Naming): string {
  const text = typeText(schema, naming, true);
  const isObject = schema.type === 'object' && text.startsWith('{');
  return `${docText(schema.description)}export ${isObject ? `interface ${name} ${text}` : `type ${name} = ${text};`}\n`;
}

function routeText(operation: Operation, naming: (direction: Direction) => Naming): string {
  const { parameters, requestBody } = operation;
  const of = (where: string) => parameters.filter((one) => one.in === where);
  const lines: string[] = [];
  const path = of('path').map(({ name }) => `readonly ${name}: string;`);
  if (path.length > 0) lines.push(`readonly path: { ${path.join(' ')} };`);
  const query = of('query');
  if (query.length > 0) {
    const mark = query.some(({ required }) => required) ? '' : '?';
    lines.push(`readonly query${mark}: {\n${query.map((one) => queryText(one, naming('sent'))).join('\n')}\n};`);
  }
  if (requestBody !== undefined) {
    const bodies = Object.entries(requestBody.content).map(
      ([type, { schema = {} }]) => `readonly ${fieldName(type)}: ${typeText(schema, naming('sent'))};`,
    );
    lines.push(`readonly body${requestBody.required ? '' : '?'}: { ${bodies.join(' ')} };`);
  }
  return [...lines, ...answerLines(operation, naming('answered'))].join('\n');
}

/** A flag is a text on the wire, and a boolean for whoever asks. */
function queryText({ name, required, schema }: Operation['parameters'][number], naming: Naming): string {
  const isFlag = ['true', 'false'].every((word) => schema.enum?.includes(word) === true);
  const type = `${isFlag ? 'boolean | ' : ''}${typeText(schema, naming)}`;
  const mark = required ? '' : '?';
  return `${docText(schema.description)}readonly ${name}${mark}: ${type}${required ? '' : ' | undefined'};`;
}

function answerLines({ responses }: Operation, naming: Naming): readonly string[] {
  const [content = {}] = Object.entries(responses).flatMap(([status, one]) =>
    status === 'default' ? [] : [one.content],
  );
  const { 'application/json': json, 'text/event-stream': stream, ...texts } = content;
  if (stream !== undefined) {
    const events = Object.entries(stream['x-events'] ?? {}).map(
      ([name, data]) => `readonly ${fieldName(name)}: ${typeText(data, naming)};`,
    );
    return [`readonly events: { ${events.join(' ')} };`];
  }
  const types = Object.keys(texts);
  return [
    ...(json === undefined && types.length > 0 ? [] : [`readonly answer: ${jsonText(json?.schema, naming)};`]),
    ...(types.length === 0 ? [] : [`readonly text: ${types.map((type) => `'${type}'`).join(' | ')};`]),
  ];
}

function jsonText(schema: Schema | undefined, naming: Naming): string {
  if (schema === undefined) return 'undefined';
  const { items, nextCursor } = schema.properties ?? {};
  if (schema.$ref === undefined && items?.items !== undefined && nextCursor !== undefined)
    return `Page<${typeText(items.items, naming)}>`;
  return typeText(schema, naming);
}

/** As Biome writes it, so that it reads as everything else does. */
function formatted(text: string): string {
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'format', `--stdin-file-path=${relative(ROOT, GENERATED)}`],
    { cwd: ROOT, input: text, encoding: 'utf8', maxBuffer: 16 * 1_048_576 },
  );
  if (status !== 0) throw new Error(`What was made of the route table is no TypeScript: ${stderr}`);
  return stdout;
}

export const clientTypes = async (): Promise<string> => formatted(typesOf(await readDocument()));

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await clientTypes();
  writeFileSync(GENERATED, text);
  console.log(`made ${relative(ROOT, GENERATED)}, ${text.split('\n').length} lines`);
}
