// Stores templates whole, and with them, in the same transaction, those that are made of them: a change of a layout is there for
// all or for none. Templates of one folder may be made of each other in any order.
import type { WrittenParts } from '@relance/core';
import type { Tx } from '../store/database.ts';
import { lockTemplates, madeOf, type NewTemplate, putTemplates, readWritten } from '../store/sql/template.ts';
import { Problem } from './problem.ts';
import { compileTemplate, withMadeOf } from './template-compile.ts';
import { type IsKept, keptOf } from './template-kept.ts';

/** Templates that may be made of one: with MJML to compile for each, its change takes a second. */
export const MADE_OF_ONE_MAX = 200;

export interface WrittenTemplateOf {
  readonly id: string;
  readonly body: WrittenParts;
}

/** Answers with the versions by id; throws 422 where one of them, or one that is made of them, would no longer work. */
export async function storeTemplates(
  tx: Tx,
  tenant: string,
  templates: readonly WrittenTemplateOf[],
): Promise<ReadonlyMap<string, number>> {
  if (templates.length === 0) return new Map();
  await lockTemplates(tx, tenant);
  const given = new Map(templates.map(({ id, body }) => [id, body]));
  const users = await madeOf(tx, tenant, [...given.keys()], MADE_OF_ONE_MAX + given.size + 1);
  const others = users.filter(({ id }) => !given.has(id));
  if (others.length > MADE_OF_ONE_MAX)
    throw new Problem('template_invalid', `More than ${MADE_OF_ONE_MAX} templates are made of it.`);
  const changing = new Map([...given, ...others.map(({ id, body }) => [id, body] as const)]);
  const all = await withMadeOf(changing, async (ids) => writtenBy(await readWritten(tx, tenant, ids)));
  const before = writtenBy(await readWritten(tx, tenant, [...given.keys()]));
  const keptIn = (id: string, body: WrittenParts): IsKept =>
    given.has(id) ? keptOf(body, before.get(id)) : () => true;
  const made: NewTemplate[] = [];
  for (const [id, body] of changing) {
    try {
      made.push({ id, body, ...(await compileTemplate(id, body, (other) => all.get(other), keptIn(id, body))) });
    } catch (error) {
      throw error instanceof Problem ? named(error, id, given) : error;
    }
  }
  return putTemplates(tx, tenant, made);
}

const writtenBy = (rows: readonly { readonly id: string; readonly body: WrittenParts }[]) =>
  new Map(rows.map(({ id, body }) => [id, body]));

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
