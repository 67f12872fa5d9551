// 2,000 races of a command against the gate. A command is answered when its transaction has committed; from then on
// nothing of that follow-up may START but what the answer named as in flight, and the closing notification.
import type { Command } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Tx } from '../../packages/server/src/store/database.ts';
import { openDatabase } from '../../packages/server/src/store/database.ts';
import { randomOf } from '../random.ts';
import { createWorld, eventOf, recorder, type World } from '../world.ts';

const RACES = 2_000;
const AT_ONCE = 200;
const POLICY = `
policy: race
open: { on: race }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email, inbox] } }, { id: reminder, at: opened + 1 day }]
`;

const ticks = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

interface Started {
  readonly followUp: string;
  readonly message: string;
  readonly stage: string;
  readonly at: number;
}

/** Runs the races; answers with every start that came after its follow-up's stop was answered and was not announced. */
async function race(
  world: World,
  seed: number,
  count: number,
): Promise<{ late: Started[]; started: number; inFlight: number }> {
  const random = randomOf(seed);
  let clock = 0;
  const started: Started[] = [];
  const email = world.recorders.email.sent;
  const push = email.push.bind(email);
  email.push = (...envelopes) => {
    for (const envelope of envelopes)
      started.push({ followUp: envelope.followUp, message: envelope.id, stage: envelope.stage, at: ++clock });
    return push(...envelopes);
  };
  const other = world.another();
  const late: Started[] = [];
  let inFlight = 0;
  for (let done = 0; done < count; done += AT_ONCE) {
    const outcomes = await world.node.ingest.submit(
      'default',
      Array.from({ length: AT_ONCE }, (_, index) => eventOf('race', { id: `${seed}-${done + index}` })),
    );
    const ids = outcomes.flatMap((outcome) =>
      outcome.kind === 'accepted' ? outcome.followUps.map((one) => one.id) : [],
    );
    const answered = new Map<string, { at: number; inFlight: ReadonlySet<string> }>();
    const now = await world.now();
    const kinds: readonly Command[] = [
      { kind: 'resolve', outcome: null },
      { kind: 'cancel' },
      { kind: 'acknowledge' },
      { kind: 'snooze', until: (now + 3_600_000) as typeof now },
    ];
    const before = started.length;
    let delivered = false;
    const commands = ids.map(async (id) => {
      // Somewhere among the starts of this round, so that every side of the gate is met.
      const target = before + random.below(AT_ONCE);
      for (let turn = 0; turn < 20_000 && started.length < target && !delivered; turn++) await ticks(1);
      const outcome = await world.node.commands.run(
        'default',
        { kind: 'id', id },
        {
          command: random.pick(kinds),
          actor: { kind: 'api', id: 'ana' },
          evidence: 'proven',
          channel: null,
          comment: null,
        },
      );
      if (outcome.kind === 'done') answered.set(id, { at: ++clock, inFlight: new Set(outcome.inFlight) });
    });
    const loops = [world.node, other].map(async (node) => {
      for (let turn = 0; turn < 3; turn++) await node.runAll();
    });
    void Promise.all(loops).then(() => {
      delivered = true;
    });
    await Promise.all([...commands, ...loops]);
    await world.settle();
    for (const one of answered.values()) inFlight += one.inFlight.size;
    late.push(
      ...started.filter((one) => {
        const stop = answered.get(one.followUp);
        return stop !== undefined && one.at > stop.at && one.stage !== 'resolved' && !stop.inFlight.has(one.message);
      }),
    );
    expect(answered.size).toBe(AT_ONCE);
  }
  return { late, started: started.length, inFlight };
}

/** A slow provider, so that commands find messages in flight. */
const slowEmail = () =>
  recorder('email', async (envelope) => {
    await ticks(100);
    return { kind: 'accepted', providerId: envelope.id };
  });

describe('a command against the gate', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ recorders: { email: slowEmail() } });
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(POLICY);
  });
  afterAll(() => world.end());

  it(`never lets anything start after the answer, in ${RACES} races with two nodes`, { timeout: 120_000 }, async () => {
    const { late, started, inFlight } = await race(world, 1, RACES);
    expect(late).toEqual([]);
    // The races were real: some messages left before the command, some were caught in flight, some never left.
    expect(started).toBeGreaterThan(RACES * 0.05);
    expect(started).toBeLessThan(RACES * 2);
    expect(inFlight).toBeGreaterThan(0);
  });
});

describe('the same races with the gate broken', () => {
  it('are caught: a gate that lets everything through is seen', { timeout: 120_000 }, async () => {
    const world = await createWorld({ recorders: { email: slowEmail() } });
    await world.people([{ id: 'ana', email: 'ana@example.test' }]);
    await world.policy(POLICY);
    const broken = withoutGate(openDatabase({ url: world.url }));
    const node = world.another({ database: broken });
    const { late } = await race({ ...world, another: () => node }, 2, 600);
    expect(late.length).toBeGreaterThan(0);
    await node.stop();
    await broken.close();
    await world.end();
  });
});

/** A mutant: the gate answers that every message passed, whatever became of it meanwhile. */
function withoutGate(database: Database): Database {
  const open = (tx: Tx): Tx => ({
    query: (async (text: string, values: readonly unknown[] = []) => {
      const rows = await tx.query(text, values);
      return text.includes(`SET status = 'sending'`) ? (values[1] as string[]).map((id) => ({ id })) : rows;
    }) as Tx['query'],
  });
  return {
    transaction: (scope, work) => database.transaction(scope, (tx) => work(open(tx))),
    close: () => database.close(),
  };
}
