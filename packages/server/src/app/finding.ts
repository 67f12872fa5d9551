// One line of what doctor found: how it is, and what to do where it is not well. Made by examine.ts and examine-database.ts.

/** `warn` works, but may not be meant so; `fail` keeps Relance from working. */
export type Level = 'ok' | 'warn' | 'fail';

export interface Examined {
  readonly what: string;
  readonly level: Level;
  readonly text: string;
  readonly next?: string;
}

/** How long an answer from outside is waited for. */
export const REACH_MAX_MS = 3_000;

export const good = (what: string, text: string): Examined => ({ what, level: 'ok', text });
export const warn = (what: string, text: string, next: string): Examined => ({ what, level: 'warn', text, next });
export const fail = (what: string, text: string, next: string): Examined => ({ what, level: 'fail', text, next });
