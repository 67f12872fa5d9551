// Which names that a text reads are never there: compared with the table of what templates see (seen.ts). proof-template.ts asks
// for one policy, whose data and buttons are known then; a template that is stored may serve any policy, and be a part of
// others that pass it names of their own, `subject` too, so of it only what is wrong everywhere, or misspelt, is told.
import { didYouMean, nearest } from '../policy/nearest.ts';
import { needsOf } from './needs.ts';
import type { Read } from './reads.ts';
import { ACTIVITY_SEEN, LINK_SEEN, type Seen, templateScope } from './seen.ts';

export interface Unseen {
  /** How much of the path is there. */
  readonly known: number;
  /** What is there in its place. */
  readonly near: readonly string[];
}

/** Null where it is there, or may be. */
export function unseenIn(scope: Seen, path: readonly string[]): Unseen | null {
  let seen: Seen | null = scope;
  for (const [index, name] of path.entries()) {
    if (seen === null) return null;
    if (!Object.hasOwn(seen, name)) {
      // Liquid's own: how many, and the ends of a list or text.
      if (index > 0 && /^(?:size|first|last)$/.test(name)) return null;
      return { known: index, near: Object.keys(seen) };
    }
    seen = seen[name] ?? null;
  }
  return null;
}

const SCOPE = templateScope(null, []);

/** Sentences, one a name. Where it is not the whole of a text, a name may be one that others pass to it. */
export function nameMistakes(reads: readonly Read[], isWhole: boolean): readonly string[] {
  const { problems } = needsOf(isWhole ? reads : reads.filter(asksForActivity));
  const named = reads.flatMap(({ path, guarded }) => {
    const [first = ''] = path;
    const unseen = Object.hasOwn(SCOPE, first) ? unseenIn(scopeFor(path), path) : misspelt(path);
    if (unseen === null || (!isWhole && nearest(path[unseen.known] ?? '', unseen.near) === null)) return [];
    const whole = path.slice(0, unseen.known + 1).join('.');
    const so = guarded ? 'so what asks for it never finds it' : 'so nothing would stand there';
    const hint = didYouMean(path[unseen.known] ?? '', unseen.near) || ` There are ${unseen.near.join(', ')}.`;
    return [`\`${whole}\` is never there, ${so}; correct the name, or remove it.${hint}`];
  });
  return [...problems.map((problem) => `${problem}.`), ...named];
}

/** `activity.title` is that of something else, which was passed on under this name. */
const asksForActivity = ({ path: [first, second = ''] }: Read): boolean =>
  first !== 'activity' || /^(?:last|count|lastResponse)$/.test(second);

/** Each policy has its own actions, and whatever is asked of activity is gathered: what they are like is known. */
function scopeFor([first, second = '', third = '']: readonly string[]): Seen {
  if (first === 'actions') return { actions: { [second]: LINK_SEEN } };
  if (first === 'activity' && second === 'last') return { activity: { last: { [third]: ACTIVITY_SEEN } } };
  // What else of it can be asked for is said by needs.ts.
  return first === 'activity' && second !== 'lastResponse' ? { activity: null } : SCOPE;
}

/** Whatever is passed on by a template that this one is a part of has a name nobody knows: only what can be nothing else. */
function misspelt(path: readonly string[]): Unseen | null {
  const [first = '', ...rest] = path;
  const meant = nearest(first, Object.keys(SCOPE));
  if (meant === null || areOneAndMany(first, meant)) return null;
  const isMeant =
    rest.length === 0
      ? first.length >= LONG_ENOUGH
      : SCOPE[meant] !== undefined && !isPlain(meant) && unseenIn(SCOPE, [meant, ...rest]) === null;
  return isMeant ? { known: 0, near: [meant] } : null;
}
/** A list and one of it have names of their own: `recipients`, `activities`. */
const areOneAndMany = (one: string, other: string): boolean =>
  [one, other].some((name, index) => [`${name}s`, name.replace(/y$/, 'ies')].includes([other, one][index] ?? ''));
/** Short words are near each other by chance: `rule` is no `role`. */
const LONG_ENOUGH = 6;
/** `now.x` is nothing, so who writes `new.x` means something else. */
const isPlain = (name: string): boolean => {
  const seen = SCOPE[name];
  return seen != null && Object.keys(seen).length === 0;
};
