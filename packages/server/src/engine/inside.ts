// What a caller adds to a transaction of the engine's.
import type { Tx } from '../store/database.ts';

/** Runs inside the transaction of what it is told about, so that both are there or neither. */
export type Inside<T> = (tx: Tx, outcome: T) => Promise<void>;
