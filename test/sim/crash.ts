// Crashes between awaits: a database that dies at a chosen operation (before or after a statement, before or after the
// commit). The node that used it is dead from then on: everything it still tries fails, as if its process were gone.
// Between two transactions of a node somebody else may act: what one node claimed, another world may have changed.
import type { Database, Tx } from '../../packages/server/src/store/database.ts';

export class Crash extends Error {
  /** As a server that shuts down says it: what the engine takes for a database that is away. */
  readonly code = '57P01';
  constructor() {
    super('the node crashed');
    this.name = 'Crash';
  }
}

export interface Crashing extends Database {
  /** Dies at the nth operation from now, or from the first statement that contains `after`; null disarms. */
  arm(operations: number | null, after?: string): void;
  readonly dead: boolean;
}

/** `between` runs before each transaction, and is told what the one before it said. */
export function crashing(database: Database, between: (before: string) => Promise<void> = async () => {}): Crashing {
  let before = '';
  let left: number | null = null;
  let dead = false;
  let waitsFor: string | null = null;
  const pass = (): void => {
    if (dead) throw new Crash();
    if (left === null || waitsFor !== null) return;
    left -= 1;
    if (left > 0) return;
    dead = true;
    throw new Crash();
  };
  return {
    get dead() {
      return dead;
    },
    arm(operations, after) {
      left = operations;
      waitsFor = after ?? null;
    },
    async transaction(scope, work) {
      pass();
      await between(before);
      const said: string[] = [];
      const result = await database.transaction(scope, async (tx) => {
        const watched: Tx = {
          async query<R>(text: string, values?: readonly unknown[]): Promise<R[]> {
            if (waitsFor !== null && text.includes(waitsFor)) waitsFor = null;
            pass();
            said.push(text);
            const rows = await tx.query<R>(text, values);
            pass();
            return rows;
          },
        };
        const made = await work(watched);
        pass(); // before the commit: everything is rolled back
        return made;
      });
      before = said.join('\n');
      pass(); // after the commit: done, but nobody hears of it
      return result;
    },
    close: async () => {},
  };
}
