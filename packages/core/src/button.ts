// Which links a message shows as its buttons, and in which order: the policy's own actions that close come first, and take the
// place of "It is done". Templates of the tenant see all of them under `actions`; built-in ones see
// `buttons`, of those that are offered to the reader (bystander.ts).
import type { ActionLink } from './content.ts';

/** A link a person acts by. `does` is missing where it is built in. */
export interface ActionSeen {
  readonly url: string;
  readonly label: string;
  readonly does?: 'resolves' | 'rejects' | 'records';
  /** It asks for more than a press. */
  readonly asks?: true;
}

/** A link to a page of the reader's own. */
export interface PageSeen {
  readonly url: string;
  readonly label: string;
}

export interface Button extends ActionSeen {
  readonly name: string;
  /** It is one of the policy's own that end it. */
  readonly closes: boolean;
}

/** The buttons of a message, as they are handed over with its words. */
export const actionLinksOf = (actions: Readonly<Record<string, ActionSeen>>): readonly ActionLink[] =>
  buttonsOf(actions).map(({ name, label, url, asks }) => ({
    name,
    label,
    url,
    ...(asks === undefined ? {} : { asks }),
  }));

export function buttonsOf(actions: Readonly<Record<string, ActionSeen>>): readonly Button[] {
  const all = Object.entries(actions).map(([name, link]): Button => {
    return { name, ...link, closes: link.does === 'resolves' || link.does === 'rejects' };
  });
  const closing = all.filter(({ closes }) => closes);
  const others = all.filter(({ name, closes }) => !closes && !(closing.length > 0 && name === 'resolve'));
  return [...closing, ...others];
}
