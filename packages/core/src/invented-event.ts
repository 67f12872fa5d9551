// An event for a simulation that was given none: one that opens a follow-up of the policy, as far as its expressions tell.
// What `open.when` compares is what it asks for, stages with a `when` run, and everything else that is read gets a value by
// its use and its name. Whether it really opens is then asked of the policy itself, as with any event.
import type { PolicyEvent } from './clause.ts';
import { DAY_MS, type Instant, later, toRfc3339 } from './instant.ts';
import { type FieldUse, fieldUses } from './policy/cel-field-use.ts';
import type { Condition } from './policy/condition.ts';
import type { Policy } from './policy/policy.ts';

export interface InventingOptions {
  readonly at: Instant;
  /** What is known of the data already. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Two weeks: what most people are given. */
const DUE_AFTER_MS = 14 * DAY_MS;

export function inventEvent(policy: Policy, { at, data }: InventingOptions): PolicyEvent {
  const invented = new Draft(at);
  const opens = policy.clauses.filter(({ role }) => role === 'open')[0];
  const [on = 'relance.open'] = opens?.on ?? [];
  const expressions: readonly (readonly [Condition | null | undefined, FieldUse['as'], unknown?])[] = [
    [opens?.when, 'truth', true],
    [opens?.key ?? policy.key, 'text', '1001'],
    [policy.due, 'moment', toRfc3339(later(at, DUE_AFTER_MS))],
    [policy.assignee, 'text', 'assignee'],
    [policy.assignees, 'list', ['assignee']],
    [policy.requester, 'text', 'requester'],
    [policy.watchers, 'list', ['watcher']],
    [policy.team?.kind === 'condition' ? policy.team.condition : null, 'text', 'team'],
    ...policy.stages.map(({ when }) => [when, 'truth', true] as const),
    [policy.subject.id, 'text'],
    [policy.subject.title, 'text'],
    [policy.subject.url, 'text', 'https://example.com/1001'],
    [policy.data, null],
  ];
  for (const [condition, as, whole] of expressions)
    if (condition != null) for (const use of usesOf(policy, condition, as, whole)) invented.take(use);
  for (const { at: offset } of policy.stages)
    if (offset.anchor.kind === 'data') invented.take({ path: ['event', 'data', offset.anchor.field], as: 'moment' });
  return {
    specversion: '1.0',
    id: 'simulated',
    source: '/simulate',
    time: toRfc3339(at),
    ...invented.attributes,
    type: on.replace(/\*$/, 'simulated'),
    data: { ...invented.data, ...data },
  };
}

/** The uses of an expression, all of `event`. One that is nothing but a field wants of it what is wanted of the whole. */
function usesOf(policy: Policy, { source }: Condition, as: FieldUse['as'], whole: unknown): readonly FieldUse[] {
  const isData = policy.data === null || policy.data.source.trim() === 'event.data';
  const uses = fieldUses(source, as === 'truth').flatMap((use): readonly FieldUse[] => {
    const [name = '', ...rest] = use.path;
    if (name === 'event') return [use];
    return name === 'data' && isData ? [{ ...use, path: ['event', 'data', ...rest] }] : [];
  });
  if (as === 'truth' || whole === undefined) return uses;
  const [only, ...others] = uses.filter(({ wanted }) => wanted === undefined);
  return others.length === 0 && only !== undefined && only.as === null
    ? uses.map((use) => (use === only ? { ...use, as, wanted: whole } : use))
    : uses;
}

/** The first wish for a field is the one that is kept. */
class Draft {
  readonly #at: Instant;
  readonly #root: Record<string, unknown> = {};
  /** With the side to which more is as good: wishes of one side are all fulfilled by the farthest. */
  readonly #wished = new Map<string, number>();
  constructor(at: Instant) {
    this.#at = at;
  }

  get data(): Readonly<Record<string, unknown>> {
    return isMap(this.#root.data) ? this.#root.data : {};
  }
  get attributes(): Readonly<Record<string, unknown>> {
    return this.#root;
  }

  take({ path: [, ...path], wanted, as, absent = false, bound = 0 }: FieldUse): void {
    const name = path.join('.');
    const field = path.at(-1);
    const wished = this.#wished.get(name);
    if (field === undefined || name === 'data' || (wished !== undefined && (wished !== bound || bound === 0))) return;
    if (wished !== undefined && wanted === undefined) return;
    if (wanted !== undefined || absent) this.#wished.set(name, bound);
    let place = this.#root;
    for (const part of path.slice(0, -1)) {
      const inner = isMap(place[part]) ? place[part] : {};
      place[part] = inner;
      place = inner;
    }
    if (absent) delete place[field];
    else if (wished !== undefined)
      place[field] = Math.max(Number(place[field]) * bound, Number(wanted) * bound) * bound;
    else if (wanted !== undefined && !isMap(place[field])) place[field] = wanted;
    else if (place[field] === undefined || (as !== null && !isMap(place[field])))
      place[field] = this.#plausible(field, as);
  }

  #plausible(field: string, as: FieldUse['as']): unknown {
    const moment = toRfc3339(later(this.#at, DUE_AFTER_MS));
    switch (as) {
      case 'number':
        return 100;
      case 'moment':
        return moment;
      case 'list':
        return [];
      case 'truth':
        return true;
      case 'duration':
        return '3600s';
      case 'text':
        return byName(field, moment);
      case null:
        return byName(field, moment);
    }
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function byName(field: string, moment: string): unknown {
  if (/(?:At|Date|On|Until|By|date|deadline|due|time)$/.test(field)) return moment;
  if (/(?:url|link|href)$/i.test(field)) return 'https://example.com/1001';
  if (/mail$/i.test(field)) return 'someone@example.com';
  if (/(?:zone)$/i.test(field)) return 'UTC';
  if (/(?:id|number|no|ref|reference)$/i.test(field)) return '1001';
  if (/(?:amount|total|count|price|quantity)$/i.test(field)) return 100;
  if (/^(?:is|has)[A-Z]/.test(field)) return true;
  return field;
}
