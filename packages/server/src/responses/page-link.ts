// Links to pages that belong to a person: one opaque token for each purpose and person, 22 characters (128 bits). Derived with
// the server's secret, so that every message carries the same one and no message needs a row of its own, and stored by hash,
// so that a dump holds none that works. What they show and do is in http/routes.
import { createHmac } from 'node:crypto';
import { type Instant, toRfc3339 } from '@relance/core';
import type { Page, PageChoice, PagePurpose } from '../engine/ports.ts';
import { hashToken, TOKEN_BYTES } from './token.ts';

/** Where each page lives, and for how many days a link to it works; null: always, as what people choose must stay open to them. */
const PAGES: Readonly<Record<PagePurpose, { readonly path: string; readonly lifeDays: number | null }>> = {
  unsubscribe: { path: 'u', lifeDays: null },
  preferences: { path: 'p', lifeDays: null },
  me: { path: 'me', lifeDays: 90 },
  status: { path: 's', lifeDays: 90 },
};

const LABELS: Readonly<Record<string, Readonly<Record<PagePurpose, string>>>> = {
  en: {
    unsubscribe: 'Stop these messages',
    preferences: 'Choose what you are sent, and when',
    me: 'Everything that waits for you',
    status: 'Where this stands',
  },
  fr: {
    unsubscribe: 'Ne plus recevoir ces messages',
    preferences: 'Choisir ce que vous recevez, et quand',
    me: 'Tout ce qui vous attend',
    status: 'Où cela en est',
  },
};
/** What a link to a page is called, in the language of the words it stands in. */
export const pageLabel = (purpose: PagePurpose, locale: string): string =>
  (LABELS[locale.slice(0, 2).toLowerCase()] ?? LABELS.en)?.[purpose] ?? purpose;

/** Purpose, tenant, recipient and subject are bound into the token; as JSON no other texts make the same input. */
export function pageTokenFor(secret: string, { tenant, purpose, recipient, about }: PageChoice, period = ''): string {
  const bound = purpose === 'unsubscribe' ? [tenant, recipient, about] : [tenant, recipient, about, period];
  return createHmac('sha256', secret)
    .update(`${purpose}-link/1\n${JSON.stringify(bound)}`)
    .digest()
    .subarray(0, TOKEN_BYTES)
    .toString('base64url');
}

/** A link that expires is another one every month, so that the newest message has one that works. `at`: server time. */
export function pageFor(
  { secret, publicUrl }: { readonly secret: string; readonly publicUrl: string },
  choice: PageChoice,
  at: Instant,
): Page {
  const { path, lifeDays } = PAGES[choice.purpose];
  const token = pageTokenFor(secret, choice, lifeDays === null ? '' : toRfc3339(at).slice(0, 'YYYY-MM'.length));
  return { url: `${publicUrl}/${path}/${token}`, row: { ...choice, hash: hashToken(token), lifeDays } };
}
