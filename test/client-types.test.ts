// The client against the server's own route table: its types are made again and compared, and every route has a way through its nouns,
// or a reason why it has none.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../packages/client/src/index.ts';
import { clientTypes, type Document, GENERATED, readDocument, routesOf, typesOf } from '../scripts/build-client.ts';

let document: Document;
beforeAll(async () => {
  document = await readDocument();
});

describe('the types of the client', () => {
  it('are those of the route table: run `npm run build:client` after a change of it', async () => {
    expect(readFileSync(GENERATED, 'utf8')).toBe(await clientTypes());
  });

  it('are others when a route, a query or a shape is', () => {
    const made = typesOf(document);
    const changed = (change: (copy: { paths: Record<string, unknown> }) => void): string => {
      const copy = structuredClone(document) as unknown as { paths: Record<string, unknown> };
      change(copy);
      return typesOf(copy as unknown as Document);
    };
    expect(changed(() => {})).toBe(made);
    const gone = changed(({ paths }) => delete paths['/v1/webhooks/{id}/rotate']);
    expect(made).toContain("'POST /v1/webhooks/{id}/rotate'");
    expect(gone).not.toContain("'POST /v1/webhooks/{id}/rotate'");
  });

  it('have nothing of what is not understood', () => {
    const copy = structuredClone(document) as { components: { schemas: Record<string, unknown> } };
    copy.components.schemas.Clock = { type: 'object', properties: { now: { if: {} } } };
    expect(() => typesOf(copy as unknown as Document)).toThrow('"if"');
  });
});

/** Routes that nobody calls by a client of ours. */
const NO_WAY: Readonly<Record<string, string>> = {
  'POST /v1/sources/{source}/{key}': 'another system sends what it has, with a key in the address that is given to it',
  'POST /v1/sources/{source}/{key}/{rest}': 'the same, where it adds a path of its own',
  'POST /v1/receipts/{provider}/{key}': 'a provider sends its own news, signed by it',
};

/** Takes part of a request, and of a list of them, in the place of any argument. */
const ANY = 'x';
const ANSWERS = () => new Response('{"items":[],"nextCursor":null}');

type Asked = (method: string, path: string) => void;
function watched(asked: Asked) {
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    asked(init.method ?? '', decodeURIComponent(url.pathname));
    return url.pathname.endsWith('/stream') ? new Response(null, { status: 401 }) : ANSWERS();
  };
  return createClient({ url: 'http://relance.test', fetch: send as unknown as typeof fetch });
}

/** Calls whatever can be called, with as many names as a call may have, and what that answers that can be called. */
async function callAll(thing: unknown, commands: readonly string[], name = ''): Promise<void> {
  if (typeof thing === 'function') {
    if (name === 'request') return; // it takes every route, and would prove nothing
    for (const said of argumentsOf(name, thing.length, commands)) {
      const result: unknown = thing(...said);
      if (isStream(result)) await result.next().catch(() => {});
      else if (result instanceof Promise) await result;
      else await callAll(result, commands, name);
    }
    return;
  }
  if (typeof thing === 'object' && thing !== null)
    for (const [key, value] of Object.entries(thing)) await callAll(value, commands, key);
}
/** One list of arguments for each call; of a name that is one of a few, one for each of them. */
function argumentsOf(name: string, length: number, commands: readonly string[]): readonly (readonly unknown[])[] {
  if (name === 'csv') return [['overview', {}]];
  if (name !== 'command') return [[ANY, ANY, {}]];
  const ofFollowUp = length > 1 ? [ANY] : []; // by its id, or of one that is known already
  return commands.map((command) => [...ofFollowUp, command, {}]);
}
const isStream = (result: unknown): result is AsyncGenerator =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;

const matches = (route: string, method: string, path: string): boolean => {
  const [wanted, pattern = ''] = route.split(' ');
  const given = path.split('/');
  const parts = pattern.split('/');
  return (
    method === wanted &&
    parts.length === given.length &&
    parts.every((part, i) => part === given[i] || (part.startsWith('{') && given[i] === ANY))
  );
};

describe('every route', () => {
  const routes = (): readonly string[] => routesOf(document).map(([route]) => route);
  const missing = async (without: readonly string[] = []): Promise<readonly string[]> => {
    const left = new Set(routes());
    const unknown: string[] = [];
    const client = watched((method, path) => {
      const found = routes().filter((route) => matches(route, method, path));
      if (found.length === 0) unknown.push(`${method} ${path}`);
      for (const route of found) left.delete(route);
    });
    const commands = routes().flatMap((route) => /^POST \/v1\/follow-ups\/\{id\}\/(\w+)$/.exec(route)?.[1] ?? []);
    const nouns = Object.entries(client).filter(([noun]) => !without.includes(noun));
    await callAll(Object.fromEntries(nouns), commands);
    expect(unknown).toEqual([]);
    return [...left];
  };

  it('has a way through the nouns of the client, or a reason why not', async () => {
    expect((await missing()).toSorted()).toEqual(Object.keys(NO_WAY).toSorted());
  });

  it('is missed when its noun is', async () => {
    expect(await missing(['webhooks'])).toEqual(expect.arrayContaining(['POST /v1/webhooks/{id}/rotate']));
  });
});
