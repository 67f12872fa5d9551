// The links to pages of a reader's own, as the words of one message see them (`links` of a template). A link is made when the words
// read it, and what was read is what is stored: a message that shows none costs nothing.
import { type FollowUp, followsAlong, type PageSeen } from '@relance/core';
import type { Page, PageChoice, PageToken, Words } from './ports.ts';

export interface PageLinks {
  readonly links: Readonly<Record<string, PageSeen>>;
  /** Those that were read until now. */
  read(): readonly PageToken[];
}

/** Where a follow-up stands is for whoever waits for it or follows it; what waits for somebody is for everybody. */
export function pageLinks(
  words: Words,
  followUp: FollowUp | null,
  recipient: string,
  locale: string,
  as = recipient,
): PageLinks {
  const tenant = followUp?.tenant ?? '';
  const own = (purpose: PageChoice['purpose'], about = ''): PageChoice => ({ tenant, purpose, recipient: as, about });
  const choices = [own('me'), own('preferences')];
  if (followUp === null || followsAlong(followUp, recipient)) choices.push(own('status', followUp?.id ?? ''));
  const made = new Map<string, Page>();
  const links = {};
  for (const choice of choices)
    Object.defineProperty(links, choice.purpose, {
      enumerable: true,
      get(): PageSeen {
        const page = made.get(choice.purpose) ?? words.pageFor(choice);
        made.set(choice.purpose, page);
        return { url: page.url, label: words.pageLabel(choice.purpose, locale) };
      },
    });
  return { links, read: () => [...made.values()].map(({ row }) => row) };
}
