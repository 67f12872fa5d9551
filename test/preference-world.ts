// Random lives of preferences on two nodes: people choose by category and channel, pause, set quiet hours and digests, while events
// arrive, stages come due, the clock steps and both nodes send. Beside it stands a model of what has been answered, which judges
// every hand-over in the moment it starts. One seed, one sequence of choices; how they meet the sending is the machine's business.
import {
  type Channel,
  choiceKey,
  digestAfter,
  type Instant,
  later,
  MINUTE_MS,
  nextAllowed,
  type PreferenceWish,
  type PushedChannel,
  parseDailySpan,
  toRfc3339,
} from '@relance/core';
import type { Envelope } from '../packages/server/src/channels/channel.ts';
import type { RunningEngine } from '../packages/server/src/engine/loop.ts';
import { ENGINE } from '../packages/server/src/store/database.ts';
import { putCategory } from '../packages/server/src/store/sql/category.ts';
import { type Random, randomOf } from './random.ts';
import { createWorld, eventOf, recorder, type World } from './world.ts';

const CHOSEN: readonly PushedChannel[] = ['email', 'sms', 'chat'];
/** What holds until somebody chooses: `safety` is essential, `promo` is off, `news` is off by SMS. */
const CATEGORIES = ['billing', 'news', 'promo'] as const;
const ALL = [...CATEGORIES, 'safety'] as const;
const PEOPLE = Array.from({ length: 6 }, (_, index) => `p${index}`);
const AT_ONCE = 4;
const QUIET = '22:00-07:00';

const policyOf = (category: string): string => `
policy: ${category}
category: ${category}
open: { on: ${category} }
key: event.data.id
assignee: event.data.who
stages:
  - { id: notice, at: opened, notify: { via: [email, sms, chat, inbox] } }
  - { id: reminder, at: opened + 3 days, notify: { via: [email, { channel: sms, else: true }] } }
`;

export const ticks = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

/** Slow, with few places: changes find messages queued, prepared, and on their way. */
function slow(channel: Channel, random: Random) {
  const one = recorder(channel, async (envelope) => {
    await ticks(random.below(60));
    return { kind: 'accepted', providerId: envelope.id };
  });
  return { ...one, connection: { ...one.connection, concurrencyMax: 6 } };
}

/** What one answered change forbids, and what had passed the gate by then. */
interface Ban {
  readonly passed: ReadonlySet<string>;
  readonly since: Instant;
}

/** What has been answered and not been taken back by a change that has begun. */
class Model {
  readonly wanted = new Map<string, boolean>();
  readonly bans = new Map<string, Ban>();
  readonly paused = new Map<string, Ban & { readonly until: Instant }>();
  readonly quiet = new Map<string, Ban>();
  readonly daily = new Map<string, Ban>();
  readonly openedAt = new Map<string, Instant>();

  /** Why this hand-over must not start now; null where it may. */
  verdict({ id, recipient, category, followUp, at }: Envelope, channel: Channel): string | null {
    if (channel === 'inbox' || category === 'safety') return null;
    const broken = (ban: Ban | undefined): boolean => ban !== undefined && !ban.passed.has(id);
    for (const one of ['', channel] as const)
      if (broken(this.bans.get(choiceKey(recipient.id, category, one)))) return `unwanted ${category} ${one}`;
    const pause = this.paused.get(recipient.id);
    if (pause !== undefined && at < pause.until && broken(pause)) return 'paused';
    if (broken(this.quiet.get(recipient.id)) && isQuiet(at)) return 'quiet hours';
    const daily = this.daily.get(choiceKey(recipient.id, category, ''));
    if (daily !== undefined && broken(daily)) {
      const from = Math.max(daily.since, this.openedAt.get(followUp) ?? 0) as Instant;
      if (digestAfter('daily', from, 'UTC') > at) return 'before the digest';
    }
    return null;
  }
}

const span = parseDailySpan(QUIET);
const isQuiet = (at: Instant): boolean => {
  if (!span.ok) throw new Error('no span');
  const allowed = nextAllowed({ window: null, quietHours: span.value, calendar: null, zone: 'UTC' }, at);
  return allowed !== 'never' && allowed.heldBy !== null;
};

export interface Lived {
  readonly broken: readonly string[];
  readonly started: number;
  readonly refused: number;
  readonly held: number;
  /** Essential messages that did not reach their reader on each channel. */
  readonly missed: readonly string[];
  readonly stuck: number;
}

export async function live(seed: number, steps: number): Promise<Lived> {
  const random = randomOf(seed);
  const world = await createWorld({
    recorders: { email: slow('email', random), sms: slow('sms', random), chat: slow('chat', random) },
  });
  try {
    return await lifeIn(world, random, steps);
  } finally {
    await world.end();
  }
}

async function lifeIn(world: World, random: Random, steps: number): Promise<Lived> {
  for (const category of ALL) await world.policy(policyOf(category));
  await world.database.transaction(ENGINE, async (tx) => {
    const plain = { title: 'x', essential: false, why: null };
    await putCategory(tx, 'default', { ...plain, id: 'news', defaults: { channels: { sms: false } } });
    await putCategory(tx, 'default', { ...plain, id: 'promo', defaults: { subscribed: false } });
    await putCategory(tx, 'default', { ...plain, id: 'safety', essential: true, defaults: {} });
  });
  await world.people(
    PEOPLE.map((id, index) => ({
      id,
      email: `${id}@example.test`,
      phone: `+3460000000${index}`,
      endpoints: [{ channel: 'chat', address: id }],
    })),
  );
  const nodes = [world.node, world.another()];
  const model = new Model();
  const broken: string[] = [];
  let started = 0;
  for (const channel of CHOSEN) {
    const { sent } = world.recorders[channel];
    const push = sent.push.bind(sent);
    sent.push = (...envelopes) => {
      for (const one of envelopes) {
        started += 1;
        const why = model.verdict(one, channel);
        if (why !== null) broken.push(`${one.recipient.id} ${channel} ${one.stage} ${toRfc3339(one.at)}: ${why}`);
      }
      return push(...envelopes);
    };
  }
  for (const who of PEOPLE) {
    model.bans.set(choiceKey(who, 'promo', ''), NOBODY_ASKED);
    model.bans.set(choiceKey(who, 'news', 'sms'), NOBODY_ASKED);
  }
  let over = false;
  const loops = nodes.map(async (node) => {
    while (!over) {
      await node.runAll();
      await ticks(1);
    }
  });
  const acting = { world, nodes, model, random, steps };
  await Promise.all([
    ...PEOPLE.flatMap((who) => [chooses(acting, who), schedules(acting, who)]),
    sends(acting),
    clockSteps(acting),
  ]);
  over = true;
  await Promise.all(loops);
  await world.settle();
  await world.advance('40 days'); // whatever was held, or is still to come
  await world.settle();
  const lived = { broken, started, ...(await ends(world)) };
  for (const node of nodes.slice(1)) await node.stop();
  return lived;
}
const NOBODY_ASKED: Ban = { passed: new Set(), since: 0 as Instant };

interface Acting {
  readonly world: World;
  readonly nodes: readonly RunningEngine[];
  readonly model: Model;
  readonly random: Random;
  readonly steps: number;
}

const passed = async ({ database }: World, recipient: string): Promise<ReadonlySet<string>> => {
  const rows = await database.transaction(ENGINE, (tx) =>
    tx.query<{ id: string }>(`SELECT id FROM relance.outbox WHERE recipient = $1 AND status = 'sending'`, [recipient]),
  );
  return new Set(rows.map(({ id }) => id));
};

/** What they want at all: one choice after the other, each on one of the nodes. */
async function chooses({ world, nodes, model, random, steps }: Acting, recipient: string): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await ticks(random.below(400));
    const category = random.pick(CATEGORIES);
    const channel = random.pick(['', ...CHOSEN] as const);
    const wanted = random.chance(0.5);
    const key = choiceKey(recipient, category, channel);
    const choice = { tenant: 'default', recipient, category, ...(channel === '' ? {} : { channel }) };
    const { consents } = random.pick(nodes);
    if (wanted) model.bans.delete(key);
    if (random.chance(0.5)) await consents[wanted ? 'optIn' : 'optOut'](choice, { how: 'page' });
    else {
      const said = channel === '' ? { subscribed: wanted } : { channels: { [channel]: wanted } };
      await consents.change(choice, () => ({ categories: [{ id: category, ...said }] }), { how: 'api' });
    }
    if (!wanted) model.bans.set(key, { passed: await passed(world, recipient), since: 0 as Instant });
  }
}

/** When and how often, beside it: the same person, other words. */
async function schedules({ world, nodes, model, random, steps }: Acting, recipient: string): Promise<void> {
  const change = async (wish: PreferenceWish): Promise<boolean> => {
    const outcome = await random
      .pick(nodes)
      .consents.change({ tenant: 'default', recipient }, () => wish, { how: 'api' });
    return outcome.kind === 'changed';
  };
  for (let step = 0; step < steps; step++) {
    await ticks(random.below(800));
    const now = await world.now();
    switch (random.below(6)) {
      case 0: {
        const until = later(now, random.below(3 * 24 * 60) * MINUTE_MS + 1);
        model.paused.delete(recipient); // another pause may be shorter
        // The clock may have passed it meanwhile: then it is refused, and nothing is paused.
        if (await change({ pausedUntil: toRfc3339(until) }))
          model.paused.set(recipient, { until, since: now, passed: await passed(world, recipient) });
        break;
      }
      case 1:
        model.paused.delete(recipient);
        await change({ pausedUntil: null });
        break;
      case 2:
        await change({ quietHours: QUIET });
        model.quiet.set(recipient, { since: now, passed: await passed(world, recipient) });
        break;
      case 3:
        model.quiet.delete(recipient);
        await change({ quietHours: null });
        break;
      default: {
        const category = random.pick(CATEGORIES);
        const key = choiceKey(recipient, category, '');
        const frequency = random.pick(['daily', null] as const);
        if (frequency === null) model.daily.delete(key);
        const isNew = !model.daily.has(key);
        await change({ categories: [{ id: category, frequency }] });
        if (frequency === 'daily' && isNew)
          model.daily.set(key, { since: now, passed: await passed(world, recipient) });
      }
    }
  }
}

async function sends({ world, nodes, model, random, steps }: Acting): Promise<void> {
  for (let step = 0; step < steps * 2; step++) {
    await ticks(random.below(200));
    const { ingest } = random.pick(nodes);
    // Several at once, so that some are prepared and wait for a place.
    const events = Array.from({ length: AT_ONCE }, (_, index) =>
      eventOf(random.pick(ALL), { id: `k${step}-${index}`, who: random.pick(PEOPLE) }),
    );
    const openedAt = await world.now();
    for (const outcome of await ingest.submit('default', events))
      if (outcome.kind === 'accepted') for (const { id } of outcome.followUps) model.openedAt.set(id, openedAt);
  }
}

async function clockSteps({ world, random, steps }: Acting): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await ticks(random.below(1_500));
    await world.advance(`${1 + random.below(600)} minutes`);
  }
}

async function ends({ database }: World): Promise<Omit<Lived, 'broken' | 'started'>> {
  return database.transaction(ENGINE, async (tx) => {
    const [counts] = await tx.query<{ refused: number; held: number; stuck: number }>(
      `SELECT (SELECT count(*)::int FROM relance.messages WHERE reason = 'opted_out') AS refused,
         (SELECT count(*)::int FROM relance.timeline WHERE kind = 'message_deferred') AS held,
         (SELECT count(*)::int FROM relance.outbox WHERE status <> 'planned') AS stuck`,
    );
    const missed = await tx.query<{ text: string }>(
      `SELECT m.recipient || ' ' || m.channel || ' ' || m.stage || ' ' || m.status AS text FROM relance.messages m
       JOIN relance.follow_ups f ON f.id = m.follow_up_id WHERE f.policy = 'safety' AND m.stage = 'notice' AND m.status <> 'accepted'`,
    );
    return { refused: 0, held: 0, stuck: 0, ...counts, missed: missed.map(({ text }) => text) };
  });
}
