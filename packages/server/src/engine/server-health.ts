// What is kept of how this server's own connections fare (store/sql/connection.ts keeps it). Whoever has none of their own leaves by
// them, so what a provider said of one tenant's message is read by the others: the words are kept without what may name somebody or
// let somebody in.
import type { Tx } from '../store/database.ts';
import { OF_SERVER, putHealth } from '../store/sql/connection.ts';
import type { Fares } from './berth.ts';

/** The answer of a provider in short: what follows is for the log. */
const WORDS_MAX = 200;
const READ_MAX = 1_000;

/** Quoted or in brackets; numbers as long as those of telephones. */
const SET_APART = /"[^"]*"|<[^<>]*>|\+?\d(?:[ ()/-]?\d){6,}/g;
const KEY_MIN = 24;
/** Of what stands between blanks: addresses of people and of places, and what is as long as a key. */
const isOfSomebody = (word: string): boolean =>
  word.includes('@') || word.includes('://') || word.split(/[.:]/).some((part) => part.length >= KEY_MIN);

export const wordsForAll = (detail: string | null): string | null =>
  detail === null
    ? null
    : detail
        .slice(0, READ_MAX)
        .replaceAll(SET_APART, '…')
        .split(/\s+/)
        .map((word) => (isOfSomebody(word) ? '…' : word))
        .join(' ')
        .slice(0, WORDS_MAX);

export const putServerHealth = (tx: Tx, node: string, health: readonly Fares[]): Promise<void> =>
  putHealth(
    tx,
    node,
    health.map(({ connection, state, detail }) => ({
      tenant: OF_SERVER,
      connection,
      state,
      detail: wordsForAll(detail),
    })),
  );
