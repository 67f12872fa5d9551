// One command for many: each is answered for itself, few are on their way at once, and only what can be put back as it was is taken
// back, and that only while nobody has done anything since.
import { type CommandAnswer, type FollowUp, RelanceProblem } from '@relance/client';
import { describe, expect, it } from 'vitest';
import { type Bulk, type FollowUpCalls, runBulk, undoOf } from './bulk.ts';

const OPEN = {
  status: 'open',
  assignee: 'ana',
  assignees: [],
  snoozedUntil: null,
  commitment: null,
  claim: null,
  acknowledgedAt: null,
  generation: 1,
} as const;
const followUp = (id: string, more: Partial<FollowUp> = {}): FollowUp => ({ ...OPEN, id, ...more }) as FollowUp;
/** Nobody stops it. */
const still = new AbortController().signal;
const many = (count: number): readonly FollowUp[] => Array.from({ length: count }, (_, n) => followUp(`f${n}`));

/** A server that does what it is told; `act` says what a command makes of one. */
function serverOf(all: readonly FollowUp[], act: (one: FollowUp, body: unknown) => FollowUp) {
  const known = new Map(all.map((one) => [one.id, one]));
  const calls: FollowUpCalls = {
    get: async (id) => known.get(id) as FollowUp,
    async command(id, _name, body) {
      const before = known.get(id) as FollowUp;
      const after = act(before, body);
      known.set(id, after);
      return { ...after, changed: after !== before, inFlight: [] } as CommandAnswer;
    },
  };
  return { known, calls };
}
const acknowledge = (one: FollowUp): FollowUp =>
  one.status === 'acknowledged' ? one : { ...one, status: 'acknowledged', acknowledgedAt: '2026-11-27T09:00:00Z' };

describe('a command for many', () => {
  it('is answered for each, in their order, whatever the others answer', async () => {
    const said: number[] = [];
    const { calls } = serverOf([...many(3), followUp('f3', { status: 'acknowledged' }), followUp('f4')], acknowledge);
    const { told } = await runBulk(
      {
        get: calls.get,
        async command(id, name, body) {
          if (id === 'f1') throw new RelanceProblem(409, { detail: 'It is resolved already.' });
          if (id === 'f2') throw new RelanceProblem(500, { code: 'internal', detail: 'The disk is full.' });
          return calls.command(id, name, body);
        },
      },
      { name: 'acknowledge', followUps: many(5), bodyFor: () => ({}) },
      (through) => said.push(through),
      still,
    );
    expect(told.map(({ before, became, detail }) => [before.id, became, detail])).toEqual([
      ['f0', 'changed', null],
      ['f1', 'refused', 'It is resolved already.'],
      ['f2', 'refused', 'The disk is full.'],
      ['f3', 'same', null],
      ['f4', 'changed', null],
    ]);
    expect(said).toEqual([1, 2, 3, 4, 5]);
  });

  it('stops where it is told to, says how far it got, and goes on from there', async () => {
    const stop = new AbortController();
    const said: number[] = [];
    const asked: string[] = [];
    const { calls } = serverOf(many(20), acknowledge);
    const bulk = { name: 'acknowledge', followUps: many(20), bodyFor: () => ({}) } as const;
    const heard: FollowUpCalls = {
      get: calls.get,
      async command(id, name, body) {
        asked.push(id);
        if (id === 'f7') stop.abort();
        return calls.command(id, name, body);
      },
    };
    const { told: first } = await runBulk(heard, bulk, () => {}, stop.signal);
    // Those that were on their way are told as well, and nothing is left out between them.
    expect(first.length).toBeGreaterThanOrEqual(8);
    expect(first.length).toBeLessThan(20);
    expect(first.map(({ before: { id } }) => id)).toEqual(many(first.length).map(({ id }) => id));
    expect(asked).toHaveLength(first.length);
    const { told: all } = await runBulk(heard, bulk, (through) => said.push(through), still, first);
    expect(all.map(({ before: { id }, became }) => `${id} ${became}`)).toEqual(
      many(20).map(({ id }) => `${id} changed`),
    );
    expect(said[0]).toBe(first.length + 1);
    expect(asked).toHaveLength(20);
    expect(undoOf('acknowledge', all)?.bulk.followUps).toHaveLength(20);
  });

  it('ends where the server is lost: nobody has refused, and what may have been done is told from what was not tried', async () => {
    const { calls, known } = serverOf(many(20), acknowledge);
    const bulk = { name: 'acknowledge', followUps: many(20), bodyFor: () => ({}) } as const;
    const away = () => new RelanceProblem(0, { code: 'unreachable', detail: 'The server does not answer.' });
    let isAway = false;
    const asked: string[] = [];
    const { told, lost } = await runBulk(
      {
        async get(id) {
          if (isAway) throw away();
          return calls.get(id);
        },
        async command(id, name, body) {
          asked.push(id);
          if (id !== 'f7') return calls.command(id, name, body);
          await calls.command(id, name, body); // it is done, and nobody hears of it
          isAway = true;
          throw away();
        },
      },
      bulk,
      () => {},
      still,
    );
    expect(lost).toBe('The server does not answer.');
    const became = new Map(told.map((one) => [one.before.id, one.became]));
    expect(became.get('f7')).toBe('unknown');
    expect([...became.values()].filter((one) => one !== 'changed')).toEqual(['unknown']);
    expect([...became.keys()].toSorted()).toEqual(asked.toSorted());
    expect(told.length).toBeLessThan(20);
    // Gone on with, everything is asked for that is not known to be done.
    const { told: all, lost: again } = await runBulk(calls, bulk, () => {}, still, told);
    expect(again).toBeNull();
    expect(all.map(({ before: { id }, became: then }) => `${id} ${then}`)).toEqual(
      many(20).map(({ id }) => `${id} changed`),
    );
    // How that one stood before is not known by now, so it stays when the others are put back.
    expect(undoOf('acknowledge', all)).toMatchObject({ bulk: { followUps: { length: 19 } }, stay: 1 });
    expect([...known.values()].every(({ status }) => status === 'acknowledged')).toBe(true);
  });

  it.each([502, 503, 504])('ends where a proxy or a database answers %i in its place', async (status) => {
    const { calls } = serverOf(many(20), acknowledge);
    const away = () => new RelanceProblem(status, { code: 'unknown', detail: 'Nobody is there.' });
    const asked: string[] = [];
    const lostAt = (what: 'get' | 'command') =>
      runBulk(
        {
          ...calls,
          [what]: async (id: string) => {
            asked.push(id);
            throw away();
          },
        },
        { name: 'acknowledge', followUps: many(20), bodyFor: () => ({}) },
        () => {},
        still,
      );
    expect(await lostAt('get')).toEqual({ told: [], lost: 'Nobody is there.' });
    const { told } = await lostAt('command');
    expect(new Set(told.map(({ became }) => became))).toEqual(new Set(['unknown']));
    expect(asked).toHaveLength(12); // six at a time, and none after them
  });

  it('takes nothing back twice where the answer of the first time never came', async () => {
    const { calls } = serverOf(many(3), acknowledge);
    const bulk = { name: 'acknowledge', followUps: many(3), bodyFor: () => ({}) } as const;
    const { told } = await runBulk(calls, bulk, () => {}, still);
    const undo = undoOf('acknowledge', told)?.bulk as Bulk;
    const back = serverOf(
      told.map(({ after }) => after as FollowUp),
      (one) => ({ ...one, status: 'open', acknowledgedAt: null, revision: one.revision + 1 }),
    );
    let isCut = true;
    const cut: FollowUpCalls = {
      ...back.calls,
      async command(...asked) {
        const answer = await back.calls.command(...asked);
        if (isCut) throw new RelanceProblem(0, { code: 'unreachable', detail: 'The server does not answer.' });
        return answer;
      },
    };
    const first = await runBulk(cut, undo, () => {}, still);
    expect(first.told.map(({ became }) => became)).toEqual(['unknown', 'unknown', 'unknown']);
    isCut = false;
    const { told: again } = await runBulk(cut, undo, () => {}, still, first.told);
    expect(again.map(({ became }) => became)).toEqual(['same', 'same', 'same']);
  });

  it('has six on their way at most', async () => {
    let under = 0;
    let most = 0;
    const { calls } = serverOf(many(40), acknowledge);
    const { told } = await runBulk(
      {
        get: calls.get,
        async command(id, name, body) {
          most = Math.max(most, ++under);
          await Promise.resolve();
          under -= 1;
          return calls.command(id, name, body);
        },
      },
      { name: 'cancel', followUps: many(40), bodyFor: () => ({}) },
      () => {},
      still,
    );
    expect(told).toHaveLength(40);
    expect(most).toBeLessThanOrEqual(6);
    expect(most).toBeGreaterThan(1);
  });
});

describe('taking it back', () => {
  const silent = () => {};

  it('puts back what was untouched, and leaves what it could not put back as it was', async () => {
    const all = [followUp('open'), followUp('snoozed', { snoozedUntil: '2026-12-01T09:00:00Z' })];
    const { calls } = serverOf(all, acknowledge);
    const { told } = await runBulk(calls, { name: 'acknowledge', followUps: all, bodyFor: () => ({}) }, silent, still);
    const undo = undoOf('acknowledge', told);
    expect(undo?.bulk).toMatchObject({ name: 'unacknowledge', followUps: [{ id: 'open' }] });
    expect(undo?.stay).toBe(1);
  });

  it('is for what it looked at, whoever is quicker, and looks again where something has changed', async () => {
    const all = ['told', 'snoozed'].map((id) => followUp(id, { status: 'acknowledged', revision: 7 }));
    const undo = {
      name: 'unacknowledge',
      followUps: all,
      bodyFor: () => ({}),
      left: new Map(all.map((f) => [f.id, f])),
    };
    const known = new Map(all.map((one) => [one.id, one]));
    const commanded: unknown[] = [];
    const meanwhile: Readonly<Record<string, Partial<FollowUp>>> = {
      told: { revision: 8, stage: 'reminder' },
      snoozed: { revision: 8, snoozedUntil: '2026-12-01T09:00:00Z' },
    };
    const calls: FollowUpCalls = {
      get: async (id) => known.get(id) as FollowUp,
      async command(id, name, _body, seen) {
        commanded.push([id, name, seen]);
        const now = known.get(id) as FollowUp;
        if (now.revision === 7) known.set(id, { ...now, ...meanwhile[id] });
        if (seen?.over === 7) throw new RelanceProblem(412, { code: 'changed_meanwhile', detail: 'It has changed.' });
        return { ...now, status: 'open', changed: true, inFlight: [] } as CommandAnswer;
      },
    };
    const { told: undone } = await runBulk(calls, undo as Bulk, silent, still);
    expect(undone.map(({ became, detail }) => [became, detail])).toEqual([
      ['changed', null],
      ['refused', 'It has changed since, and stays as it is.'],
    ]);
    expect(commanded.toSorted()).toEqual([
      ['snoozed', 'unacknowledge', { over: 7 }],
      ['told', 'unacknowledge', { over: 7 }],
      ['told', 'unacknowledge', { over: 8 }],
    ]);
  });

  it('leaves alone what somebody has done something about since', async () => {
    const all = many(2);
    const server = serverOf(all, acknowledge);
    const { told } = await runBulk(
      server.calls,
      { name: 'acknowledge', followUps: all, bodyFor: () => ({}) },
      silent,
      still,
    );
    const undo = undoOf('acknowledge', told);
    server.known.set('f1', followUp('f1', { status: 'resolved' }));
    const back = serverOf([...server.known.values()], (one) => ({ ...one, status: 'open', acknowledgedAt: null }));
    const { told: undone } = await runBulk(back.calls, undo?.bulk as NonNullable<typeof undo>['bulk'], silent, still);
    expect(undone.map(({ became, detail }) => [became, detail])).toEqual([
      ['changed', null],
      ['refused', 'It has changed since, and stays as it is.'],
    ]);
    expect(back.known.get('f1')?.status).toBe('resolved');
  });

  it('gives each to whoever had it when it was given away, whatever the list said', async () => {
    const listed = [followUp('f0', { assignee: 'somebody before' }), followUp('f1')];
    const { calls, known } = serverOf(
      [followUp('f0', { assignee: 'bo' }), followUp('f1', { assignee: 'cy', assignees: ['cy', 'dan'] })],
      (one, body) => ({ ...one, assignee: (body as { to: string }).to, assignees: [] }),
    );
    const { told } = await runBulk(
      calls,
      { name: 'reassign', followUps: listed, bodyFor: () => ({ to: 'sam' }) },
      silent,
      still,
    );
    const undo = undoOf('reassign', told);
    expect(undo?.stay).toBe(1); // two were asked together
    await runBulk(calls, undo?.bulk as NonNullable<typeof undo>['bulk'], silent, still);
    expect([known.get('f0')?.assignee, known.get('f1')?.assignee]).toEqual(['bo', 'sam']);
  });

  it('reopens what was live, not what had ended before', async () => {
    const all = [followUp('live'), followUp('over', { status: 'expired' })];
    const { calls } = serverOf(all, (one) => ({ ...one, status: 'resolved' }));
    const { told } = await runBulk(calls, { name: 'resolve', followUps: all, bodyFor: () => ({}) }, silent, still);
    expect(undoOf('resolve', told)?.bulk.followUps.map(({ id }) => id)).toEqual(['live']);
  });

  it('is not there for what cannot be taken back, nor for what changed nothing', async () => {
    const all = many(1);
    const { calls } = serverOf(all, (one) => ({ ...one }));
    const { told } = await runBulk(calls, { name: 'escalate', followUps: all, bodyFor: () => ({}) }, silent, still);
    expect(undoOf('escalate', told)).toBeNull();
    const same = serverOf([followUp('f0', { status: 'acknowledged' })], acknowledge);
    const { told: none } = await runBulk(
      same.calls,
      { name: 'acknowledge', followUps: all, bodyFor: () => ({}) },
      silent,
      still,
    );
    expect(undoOf('acknowledge', none)).toBeNull();
  });
});
