// One YAML or JSON file of a project folder as plain data, with the place of every value in it, so that a problem can name
// its line. Policies have their own reader in the core, with the same manners.
import { readFileSync } from 'node:fs';
import { yamlTrouble } from '@relance/core';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { checkText } from '../http/json.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}
export type Path = readonly PropertyKey[];

export type YamlFile =
  | { readonly kind: 'read'; readonly value: unknown; placeOf(path: Path): Place | null }
  | { readonly kind: 'broken'; readonly problems: readonly ({ readonly message: string } & Partial<Place>)[] };

/** More aliases than this in one file is an attack, not a directory. */
const ALIASES_MAX = 50;
const SHOWN_MAX = 3;

export function readYamlFile(file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    // One stray bracket makes every word after it a problem: the first ones tell it.
    const more = document.errors.length - SHOWN_MAX;
    const problems = document.errors.slice(0, SHOWN_MAX).map(({ message, pos }, index) => ({
      message: `${yamlTrouble(message)}${more > 0 && index === SHOWN_MAX - 1 ? ` ${more} more after it, most likely of the same cause.` : ''}`,
      ...at(pos[0]),
    }));
    return { kind: 'broken', problems };
  }
  let value: unknown;
  try {
    // Through JSON, so that files and HTTP callers bring exactly the same kinds of value.
    value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX }) ?? null));
    checkText(value, '');
  } catch (error) {
    return { kind: 'broken', problems: [{ message: (error as Error).message }] };
  }
  return {
    kind: 'read',
    value,
    /** The place of the nearest value above where the path itself is missing. */
    placeOf(path) {
      for (let depth = path.length; depth > 0; depth--) {
        const node = document.getIn(path.slice(0, depth), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return null;
    },
  };
}
