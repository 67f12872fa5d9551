// What PostgreSQL looks at to answer a statement: rows that its scans have read, which grows or does not with what a table holds,
// whatever machine it runs on.
import { type Database, ENGINE, type Tx } from '../packages/server/src/store/database.ts';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
const looked = (plan: Plan): number =>
  (plan['Node Type'].includes('Scan')
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, one) => sum + looked(one), 0);

/** The most that one of its statements looks at; it does what it does. */
export async function costOf<Found>(database: Database, work: (tx: Tx) => Promise<Found>) {
  return database.transaction(ENGINE, async (tx) => {
    let most = 0;
    const told: Tx = {
      ...tx,
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        await tx.query('SAVEPOINT plan');
        const [row] = await tx.query<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          values as unknown[],
        );
        await tx.query('ROLLBACK TO SAVEPOINT plan');
        const plan = row?.['QUERY PLAN'][0]?.Plan;
        most = Math.max(most, plan === undefined ? Number.POSITIVE_INFINITY : looked(plan));
        return tx.query<Row>(text, values as unknown[]);
      },
    };
    return { rows: await work(told), most };
  });
}
