// From templates as they are written to templates as they are rendered: put together from what they are made of, MJML made into
// HTML, everything parsed and what has to be gathered for them found. A template that would fail at sending is refused here,
// by name and place. Storing them is template-store.ts; a project folder is compiled the same way.
import {
  checkTemplate,
  composeTemplate,
  emptyWords,
  type Template,
  templateNeeds,
  tooManyTags,
  WRITTEN_TAGS_MAX,
  type WrittenParts,
} from '@relance/core';
import { compileMjml, compileSource } from './mjml.ts';
import type { CompileSource } from './mjml-thread.ts';
import { Problem } from './problem.ts';
import type { IsKept } from './template-kept.ts';

export interface CompiledTemplate {
  readonly compiled: Omit<Template, 'id'>;
  readonly uses: readonly string[];
}

/**
 * Throws 422. `isKept`: what was accepted before, so that only what keeps it from being sent is asked of it; `compile`: where its MJML
 * is compiled.
 */
export async function compileTemplate(
  id: string,
  written: WrittenParts,
  find: (id: string) => WrittenParts | undefined,
  isKept: IsKept = () => false,
  compile: CompileSource = compileSource,
): Promise<CompiledTemplate> {
  const composed = composeTemplate(id, written, find);
  if (!composed.ok) refuse(composed.problems);
  const { template, uses } = composed;
  const tooMany = tooManyTags(template, WRITTEN_TAGS_MAX, isKept);
  if (tooMany.length > 0) refuse(tooMany);
  const empty = emptyWords(template).filter(({ path }) => !isKept(path));
  if (empty.length > 0) refuse(empty);
  const whole = (await compileMjml(template, isKept, compile)) as Omit<Template, 'id'>;
  const problems = checkTemplate(whole, isKept);
  if (problems.length > 0) refuse(problems);
  return { compiled: { ...whole, needs: templateNeeds(whole) }, uses };
}

function refuse(errors: readonly { readonly path: string; readonly message: string }[]): never {
  const [first] = errors;
  const place = first === undefined || first.path === '' ? '' : `${first.path}: `;
  throw new Problem('template_invalid', `${place}${first?.message}`, { errors });
}

/**
 * Everything that these templates are made of, they themselves too; what is asked for and not among them is read by `more`,
 * as often as that leads further.
 */
export async function withMadeOf(
  templates: ReadonlyMap<string, WrittenParts>,
  more: (ids: readonly string[]) => Promise<ReadonlyMap<string, WrittenParts>>,
): Promise<ReadonlyMap<string, WrittenParts>> {
  const all = new Map(templates);
  const asked = new Set<string>();
  for (;;) {
    const uses = [...templates].flatMap(([id, one]) => composeTemplate(id, one, (other) => all.get(other)).uses);
    const missing = [...new Set(uses)].filter((id) => !all.has(id) && !asked.has(id));
    if (missing.length === 0) return all;
    for (const id of missing) asked.add(id);
    for (const [id, one] of await more(missing)) all.set(id, one);
  }
}
