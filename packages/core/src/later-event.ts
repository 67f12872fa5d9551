// An event that a behaviour sends in a simulation, after the opening: its data is what the request says of its type, and
// nothing else, as it will be in earnest. Only what its key is read from may be left out: it comes from the opening event.
// Without any data of its own it is the opening event once more, of another type.
import { isNamed, type PolicyEvent } from './clause.ts';
import { fieldUses } from './policy/cel-field-use.ts';
import type { Policy } from './policy/policy.ts';

type Data = Readonly<Record<string, unknown>>;

export function laterEvent(
  policy: Policy,
  opening: PolicyEvent,
  { type, data: own }: { readonly type: string; readonly data: Data | undefined },
): PolicyEvent {
  const data = own === undefined ? opening.data : keysOf(policy, type).reduce(filled(opening.data), own);
  return { ...opening, id: `simulated-${type}`, type, data };
}

/** The fields of the data from which the clauses that may mean such an event read their keys. */
function keysOf(policy: Policy, type: string): readonly (readonly string[])[] {
  const named = policy.clauses.filter(({ on }) => isNamed(on, type));
  const sources = new Set(named.map(({ key }) => (key ?? policy.key).source));
  return [...sources].flatMap((source) =>
    fieldUses(source, false).flatMap(({ path: [name, attribute, ...field] }) =>
      name === 'event' && attribute === 'data' && field.length > 0 ? [field] : [],
    ),
  );
}

/** The field as it is in the opening event, where it is there and not in what is said. */
const filled =
  (opening: unknown) =>
  (own: Data, [name = '', ...rest]: readonly string[]): Data => {
    if (!isMap(opening) || !Object.hasOwn(opening, name)) return own;
    if (!Object.hasOwn(own, name)) return { ...own, [name]: opening[name] };
    const inner = own[name];
    return rest.length === 0 || !isMap(inner) ? own : { ...own, [name]: filled(opening[name])(inner, rest) };
  };

const isMap = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
