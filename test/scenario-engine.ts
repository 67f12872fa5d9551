// Stories of ready policies on the real engine: the project folder is applied to a database of its own, people answer and
// events arrive at the times their sentences say, and the timeline is read back as the lines that test/scenario.ts expects.
import { randomFillSync } from 'node:crypto';
import {
  type Act,
  addDuration,
  type Behaviour,
  CHANNELS,
  type Channel,
  type Command,
  earliest,
  type FollowUp,
  type Instant,
  isLive,
  laterEvent,
  mintId,
  slotOfId,
  slotOfRecipient,
} from '@relance/core';
import { applyProject } from '../packages/server/src/app/apply-project.ts';
import type { Envelope } from '../packages/server/src/channels/channel.ts';
import { ENGINE } from '../packages/server/src/store/database.ts';
import { insertActivities } from '../packages/server/src/store/sql/activity.ts';
import { readFollowUps } from '../packages/server/src/store/sql/follow-up.ts';
import { readTimeline } from '../packages/server/src/store/sql/timeline.ts';
import { behavioursOf, endOf, linesOf, momentOf, readyProject, type Scene } from './scenario.ts';
import { createWorld, quietLog, type Recorder, recorder, toRfc3339, type World } from './world.ts';

type Acting = Extract<Behaviour, { after: unknown }>;
type Fate = Extract<Behaviour, { kind: 'channel' }>;
const ITEMS_MAX = 1_000;

export interface Played {
  readonly lines: readonly string[];
  readonly envelopes: readonly Envelope[];
}

export async function playOnEngine(scene: Scene): Promise<Played> {
  const behaviours = behavioursOf(scene.story);
  const world = await createWorld({ start: toRfc3339(scene.at), recorders: recordersOf(behaviours) });
  try {
    await applyProject(world.database, 'default', scene.project, { log: quietLog, refusalOf: () => null });
    await remember(world, scene);
    const id = await send(world, scene.type, scene.data);
    const turns = behaviours.filter((one): one is Acting => one.kind === 'answer' || one.kind === 'event');
    await playTurns(world, scene, id, turns);
    await advanceTo(world, endOf(scene));
    const items = await world.database.transaction(ENGINE, (tx) => readTimeline(tx, id, 0, ITEMS_MAX));
    const followUp = await standing(world, id);
    return {
      lines: linesOf(
        items.map(({ entry }) => entry),
        followUp,
        scene.zone,
      ),
      envelopes: CHANNELS.flatMap((channel) => world.recorders[channel].sent),
    };
  } finally {
    await world.end();
  }
}

function recordersOf(behaviours: readonly Behaviour[]): Partial<Record<Channel, Recorder>> {
  const fates = behaviours.filter((one): one is Fate => one.kind === 'channel');
  return Object.fromEntries(
    fates.map(({ channel, fate, who }) => {
      if (fate !== 'fail' || who !== null) throw new Error('Only what fails for everybody is played on the engine.');
      return [channel, recorder(channel, async () => ({ kind: 'rejected', detail: 'as the story says' }))];
    }),
  );
}

/** What people did before. */
const remember = (world: World, { story, zone }: Scene): Promise<void> =>
  world.database.transaction(ENGINE, (tx) =>
    insertActivities(
      tx,
      story.activity.map(({ recipient, type, at: text }) => {
        const at = momentOf(text, zone);
        const slot = slotOfRecipient('default', recipient);
        const id = mintId(at, slot, randomFillSync(new Uint8Array(10)));
        return { tenant: 'default', recipient, id, type, at, data: null, location: null, source: null };
      }),
    ),
  );

/** Answers with the follow-up that it touched. */
async function send(world: World, type: string, data: Readonly<Record<string, unknown>>): Promise<string> {
  const [outcome] = await world.event(type, { ...data });
  await world.settle();
  if (outcome?.kind !== 'accepted' || outcome.followUps[0] === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.followUps[0].id;
}

/** As the simulation says it. */
async function laterData({ id, type: opens, data, story }: Scene, type: string) {
  const { policy } = await readyProject(id);
  const event = laterEvent(policy, { type: opens, data }, { type, data: story.eventData[type] });
  return event.data as Scene['data'];
}

async function standing(world: World, id: string): Promise<FollowUp> {
  const [followUp] = await world.database.transaction(ENGINE, (tx) => readFollowUps(tx, slotOfId(id), [id]));
  if (followUp === undefined) throw new Error(`There is no follow-up ${id}.`);
  return followUp;
}

async function advanceTo(world: World, to: Instant): Promise<void> {
  const now = await world.now();
  if (to > now) await world.advance(`${(to - now) / 1_000} seconds`);
}

/** What counts from a stage has no time before that has been handed over: until then, one goes from due to due. */
async function playTurns(world: World, scene: Scene, id: string, turns: readonly Acting[]): Promise<void> {
  const left = new Set(turns);
  while (left.size > 0) {
    const followUp = await standing(world, id);
    if (!isLive(followUp.status)) throw new Error(`${left.size} behaviours come too late.`);
    const timed = [...left].map((turn) => ({ turn, at: timeOf(turn, followUp, scene) }));
    const next = earliest(...timed.map(({ at }) => at));
    const waiting = timed.some(({ at }) => at === null);
    const to = waiting ? earliest(next, await world.node.clock.nextDue()) : next;
    if (to === null) throw new Error('A behaviour waits for a stage that never comes.');
    await advanceTo(world, to);
    const turn = timed.find(({ at }) => at === to)?.turn;
    if (turn === undefined) continue;
    left.delete(turn);
    if (turn.kind === 'event') await send(world, turn.type, await laterData(scene, turn.type));
    else await answer(world, scene, id, turn);
  }
}

function timeOf({ after: [delay], of }: Acting, followUp: FollowUp, { zone, at }: Scene): Instant | null {
  const from = of === null ? at : (followUp.progress[of]?.firstAt ?? null);
  return from === null ? null : addDuration(from, 1, delay, zone);
}

async function answer(
  world: World,
  { zone }: Scene,
  id: string,
  { who, act }: Extract<Acting, { kind: 'answer' }>,
): Promise<void> {
  const { assignee, requester } = await standing(world, id);
  const person = who === 'assignee' ? assignee : who === 'requester' ? requester : who;
  const command = commandOf(act, await world.now(), zone);
  const ref = { kind: 'id', id } as const;
  const actor = { kind: 'recipient', id: person ?? '' } as const;
  const asked = { command, actor, evidence: 'proven', channel: null, comment: null } as const;
  const outcome = await world.node.commands.run('default', ref, asked);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  await world.settle();
}

function commandOf(act: Act, now: Instant, zone: string): Command {
  switch (act.kind) {
    case 'resolve':
      return { kind: 'resolve', outcome: null };
    case 'decline':
      return { kind: 'decline', why: 'declined' };
    case 'snooze':
      return { kind: 'snooze', until: addDuration(now, 1, act.duration, zone) };
    case 'commit':
      return { kind: 'commit', by: addDuration(now, 1, act.duration, zone) };
    case 'acknowledge':
    case 'delegate':
    case 'answer':
    case 'reply':
      return act as Command;
  }
}
