// Which words of a template are those that are stored already. What is refused becomes more over time, and what was accepted stays
// so: a project folder that nobody has changed is applied at every start, whatever release it was written for.
import { canonicalTag, type WrittenParts } from '@relance/core';

/** Whether what stands at a path (`locales.fr.email.html`, '' for all of it) was accepted before as it is. */
export type IsKept = (path: string) => boolean;

/** `before`: as it is stored; without, everything is new. */
export function keptOf(written: WrittenParts, before: WrittenParts | undefined): IsKept {
  if (before === undefined) return () => false;
  return (path) => {
    // What was written as MJML is told under the HTML that is made of it.
    const places = [path, path.replace(/\bemail\.html$/, 'email.mjml')];
    const was = places.map((one) => textAt(before, one));
    return (
      places.some((one) => textAt(written, one) !== undefined) &&
      places.every((one, index) => textAt(written, one) === was[index])
    );
  };
}

const textAt = (template: WrittenParts, path: string): string | undefined => {
  let value: unknown = template;
  for (const name of path.split(/[.[\]]+/).filter((one) => one !== '')) value = within(value, name);
  return value === undefined ? undefined : JSON.stringify(sorted(value));
};

/** `pt_BR` and `pt-BR` are one. */
function within(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([own]) => own === name || canonicalTag(own) === name)?.[1];
}

/** The database keeps an order of its own. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).filter(([name]) => name !== 'id' && name !== 'version');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => [name, sorted(own)]));
}
