// Action links: one opaque token for each action of a message, 22 characters (128 bits). Derived from the message id with
// the server's secret, so that rendering again gives the same link, and stored by hash, so that a dump holds none that
// works. What a link shows and does is http/routes/action-page.ts.
import { createHmac } from 'node:crypto';
import type { Action, ActionSeen, Instant } from '@relance/core';
import type { ActionRow, Actions, Words } from '../engine/ports.ts';
import type { Tx } from '../store/database.ts';
import { insertActionTokens } from '../store/sql/action-token.ts';
import { insertPageTokens } from '../store/sql/page-token.ts';
import { insertTrackTokens } from '../store/sql/track-token.ts';
import { pageFor, pageLabel } from './page-link.ts';
import { hashToken, TOKEN_BYTES } from './token.ts';
import { trackContent } from './tracked-link.ts';

export const ACTIONS = ['acknowledge', 'resolve', 'snooze'] as const;
export type ActionName = (typeof ACTIONS)[number];

const LABELS: Readonly<Record<string, Readonly<Record<ActionName, string>>>> = {
  en: { acknowledge: 'I have this', resolve: 'It is done', snooze: 'Remind me later' },
  fr: { acknowledge: "Je m'en occupe", resolve: "C'est fait", snooze: 'Me le rappeler plus tard' },
};
export const labelsFor = (locale: string | null): Readonly<Record<ActionName, string>> =>
  LABELS[locale?.slice(0, 2).toLowerCase() ?? 'en'] ?? (LABELS.en as Record<ActionName, string>);

/** Purpose, tenant and message are bound into the token: one for another action or tenant cannot be derived from it. */
export const tokenFor = (secret: string, tenant: string, messageId: string, action: string): string =>
  createHmac('sha256', secret)
    .update(`action-link/1\n${tenant}\n${messageId}\n${action}`)
    .digest()
    .subarray(0, TOKEN_BYTES)
    .toString('base64url');

/** Every link of a message: the built-in ones, and the policy's own in its own words. */
export const linksFor = (
  locale: string | null,
  own: readonly Action[],
): readonly (Omit<ActionSeen, 'url'> & { readonly name: string })[] => [
  ...ACTIONS.map((name) => ({ name, label: labelsFor(locale)[name] })),
  ...own.map(({ id, label, resolves, rejects, answer }) => {
    const does = resolves ? 'resolves' : rejects ? 'rejects' : 'records';
    return { name: id, label, does, ...(answer === null ? {} : ({ asks: true } as const)) } as const;
  }),
];

export interface LinkOptions {
  readonly secret: string;
  readonly publicUrl: string;
  /** The wall clock: a link's life is server time. */
  readonly wallNow: () => Instant;
}

export function actionWords(options: LinkOptions): Words {
  return {
    actionsFor(message, locale, own): Actions {
      const made = linksFor(locale, own).map(({ name: action, ...link }) => ({
        action,
        link,
        token: tokenFor(options.secret, message.tenant, message.id, action),
      }));
      return {
        links: Object.fromEntries(
          made.map(({ action, token, link }) => [action, { url: `${options.publicUrl}/a/${token}`, ...link }]),
        ),
        rows: made.map(
          ({ action, token }): ActionRow => ({
            hash: hashToken(token),
            tenant: message.tenant,
            followUpId: message.followUpId,
            messageId: message.id,
            recipient: message.recipient,
            action,
          }),
        ),
      };
    },
    storeActions: (tx: Tx, rows) => insertActionTokens(tx, rows),
    pageFor: (choice) => pageFor(options, choice, options.wallNow()),
    pageLabel,
    storePages: (tx: Tx, rows) => insertPageTokens(tx, rows),
    track: (content, ask) => trackContent(options, content, ask),
    storeTracks: (tx: Tx, rows) => insertTrackTokens(tx, rows),
  };
}
