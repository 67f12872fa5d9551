// Stores templates whole, and with them, in the same transaction, those that are made of them: a change of a layout is there for
// all or for none. Templates of one folder may be made of each other in any order. What is slow comes first: they are compiled as they
// are to be stored while no transaction is open, and stored where nothing has changed since; else compiled again, what is new of it.
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { WrittenParts } from '@relance/core';
import type { Database, Tx } from '../store/database.ts';
import { lockTemplates, madeOf, type NewTemplate, putTemplates, readWritten } from '../store/sql/template.ts';
import { compileSource } from './mjml.ts';
import type { Compiled, CompileSource } from './mjml-thread.ts';
import { Problem } from './problem.ts';
import { compileTemplate, withMadeOf } from './template-compile.ts';
import { type IsKept, keptOf } from './template-kept.ts';

/** Templates that may be made of one: with MJML to compile for each, its change takes a second. */
export const MADE_OF_ONE_MAX = 200;
/** Where others change what these are made of time and again, they are compiled in the end while nobody else can. */
const TRIES_MAX = 3;

export interface WrittenTemplateOf {
  readonly id: string;
  readonly body: WrittenParts;
}

export interface Storing {
  readonly tenant: string;
  readonly templates: readonly WrittenTemplateOf[];
  /** What must hold before they are compiled, and still when they are stored. */
  readonly check?: (tx: Tx) => Promise<void>;
  readonly compile?: CompileSource;
}
type Versions = ReadonlyMap<string, number>;

/**
 * Carries out `work` in a transaction, perhaps more than once; its `store` answers with the versions by id, and throws 422 where a
 * template, or one that is made of it, would no longer work.
 */
export async function storeTemplates<T>(
  database: Pick<Database, 'transaction'>,
  storing: Storing,
  work: (tx: Tx, store: () => Promise<Versions>) => Promise<T>,
): Promise<T> {
  const { tenant, templates } = storing;
  const scope = { kind: 'tenant', tenant } as const;
  if (templates.length === 0) return database.transaction(scope, (tx) => work(tx, async () => new Map()));
  const compile = remembering(storing.compile ?? compileSource);
  for (let tries = 1; ; tries++) {
    const before = await database.transaction(scope, (tx) => gather(tx, storing));
    const prepared = await compileAll(before, compile);
    const store = async (tx: Tx): Promise<Versions> => {
      const now = await gather(tx, storing);
      if (isDeepStrictEqual(now, before)) return putTemplates(tx, tenant, prepared);
      if (tries < TRIES_MAX) throw new ChangedSince();
      return putTemplates(tx, tenant, await compileAll(now, compile));
    };
    try {
      return await database.transaction(scope, (tx) => work(tx, () => store(tx)));
    } catch (error) {
      if (!(error instanceof ChangedSince)) throw error;
    }
  }
}

/** What was compiled is not what would be stored: undoes everything, and is tried again. */
class ChangedSince extends Error {}

/** The same source gives the same. */
function remembering(compile: CompileSource): CompileSource {
  const known = new Map<string, Compiled>();
  return async (source) => {
    const made = known.get(source) ?? (await compile(source));
    known.set(source, made);
    return made;
  };
}

/** Everything that decides how they are compiled. */
interface Gathered {
  readonly given: ReadonlyMap<string, WrittenParts>;
  /** Those that are given and those that are made of them. */
  readonly changing: ReadonlyMap<string, WrittenParts>;
  /** With what those are made of. */
  readonly all: ReadonlyMap<string, WrittenParts>;
  /** The given ones as they are stored. */
  readonly before: ReadonlyMap<string, WrittenParts>;
}

async function gather(tx: Tx, { tenant, templates, check }: Storing): Promise<Gathered> {
  await lockTemplates(tx, tenant);
  await check?.(tx);
  const given = new Map(templates.map(({ id, body }) => [id, body]));
  const users = await madeOf(tx, tenant, [...given.keys()], MADE_OF_ONE_MAX + given.size + 1);
  const others = users.filter(({ id }) => !given.has(id));
  if (others.length > MADE_OF_ONE_MAX)
    throw new Problem('template_invalid', `More than ${MADE_OF_ONE_MAX} templates are made of it.`);
  const changing = new Map([...given, ...others.map(({ id, body }) => [id, body] as const)]);
  const all = await withMadeOf(changing, (ids) => readWritten(tx, tenant, ids));
  return { given, changing, all, before: await readWritten(tx, tenant, [...given.keys()]) };
}

async function compileAll(
  { given, changing, all, before }: Gathered,
  compile: CompileSource,
): Promise<readonly NewTemplate[]> {
  const keptIn = (id: string, body: WrittenParts): IsKept =>
    given.has(id) ? keptOf(body, before.get(id)) : () => true;
  const made: NewTemplate[] = [];
  for (const [id, body] of changing) {
    await setImmediate(); // everybody else has their turn, also where nothing has to be compiled
    try {
      const compiled = await compileTemplate(id, body, (other) => all.get(other), keptIn(id, body), compile);
      made.push({ id, body, ...compiled });
    } catch (error) {
      throw error instanceof Problem && error.code === 'template_invalid' ? named(error, id, given) : error;
    }
  }
  return made;
}

/** Of several, which; of one that was not sent itself, why it matters. */
function named(problem: Problem, id: string, given: ReadonlyMap<string, WrittenParts>): Problem {
  if (given.size === 1 && given.has(id)) return problem;
  const detail = given.has(id)
    ? `template "${id}": ${problem.message}`
    : `The template "${id}" is made of it and would no longer work: ${problem.message}`;
  return new Problem('template_invalid', detail, { ...problem.more, template: id });
}

/** Throws 409 while others are made of it. */
export async function refuseMadeOf(tx: Tx, tenant: string, id: string): Promise<void> {
  await lockTemplates(tx, tenant);
  const users = (await madeOf(tx, tenant, [id], MADE_OF_ONE_MAX)).map((one) => one.id);
  if (users.length === 0) return;
  const detail = `The template "${id}" is a part of the templates ${users.map((one) => `"${one}"`).join(', ')}.`;
  throw new Problem('in_use', detail, { templates: users });
}
