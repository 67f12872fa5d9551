// The known name that a written one is nearest to: what "did you mean" says. Only near ones: a wrong hint is worse
// than none.

/** Longer names are not compared: they come from outside. */
const COMPARED_LENGTH_MAX = 64;

/** The nearest name within a third of the written one's length, at least one change; null when there is none. */
export function nearest(written: string, names: Iterable<string>): string | null {
  if (written.length > COMPARED_LENGTH_MAX) return null;
  const lower = written.toLowerCase();
  let least = Math.max(1, Math.floor(written.length / 3)) + 1;
  let found: string | null = null;
  for (const name of names) {
    if (name.length > COMPARED_LENGTH_MAX) continue;
    const distance = name.toLowerCase() === lower ? 0 : changes(lower, name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    found = name;
  }
  return found;
}

/** " Did you mean `status`?", or nothing. */
export function didYouMean(written: string, names: Iterable<string>): string {
  const name = nearest(written, names);
  return name === null ? '' : ` Did you mean \`${name}\`?`;
}

/** The same where a list of what is expected ends: `; did you mean "status"?`, or nothing. */
export function orMean(written: string, names: Iterable<string>): string {
  const name = nearest(written, names);
  return name === null ? '' : `; did you mean "${name}"?`;
}

/** How many letters must be changed, added, left out or swapped with their neighbour (optimal string alignment). */
function changes(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
