// A random world of which figures are counted: policies of the simulation with teams and links, its people, and acts one after the other,
// by a seed. Providers refuse and stay silent, receipts come late, people and programs open and click, somebody is erased, the tenant moves
// to another zone. After each act what has changed is counted, and looked at by a witness (recount-rows.test-kit.ts).
import { CHANNELS, type Command, DAY_MS, HOUR_MS, type Instant, later, MINUTE_MS } from '@relance/core';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { type Random, randomOf } from '../../../../test/random.ts';
import { MUCH_AT_ONCE, randomWish } from '../../../../test/sim/choices.ts';
import { randomPolicy } from '../../../../test/sim/policies.ts';
import { answerIn, LIFE, PEACE } from '../../../../test/sim/temper.ts';
import { begin, PEOPLE } from '../../../../test/sim/town.ts';
import { eventOf, recorder } from '../../../../test/world.ts';
import type { CommandRequest, IncomingEvent } from '../engine/ports.ts';
import { Sweep } from '../engine/sweep.ts';
import { ENGINE } from '../store/database.ts';
import { addEngagement } from '../store/sql/message.ts';
import { putTemplates } from '../store/sql/template.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { LOUD } from './figure-world.test-kit.ts';
import { createFigures } from './figures.ts';
import { Neighbour } from './recount-neighbour.test-kit.ts';
import { type MessageRow, type Side, Witness } from './recount-rows.test-kit.ts';

/** In the first month of a quarter, and before clocks are set back in Europe and America. */
const START = '2026-10-05T09:00:00Z';
const ZONES = ['America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Europe/Madrid'];
const LEAPS = [20 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS + 20_000, DAY_MS, 3 * DAY_MS];
const RECEIPTS = ['delivered', 'delivered', 'bounced', 'opened', 'opened', 'opened', 'clicked', 'failed'] as const;

type Act = 'event' | 'command' | 'reopen' | 'news' | 'advance' | 'wish' | 'world';
const BEGINNING: readonly Act[] = ['event', 'event', 'advance'];
const LATER: readonly Act[] = [
  ...(['event', 'event', 'event', 'event', 'command', 'command', 'command', 'reopen', 'reopen'] as const),
  ...(['news', 'news', 'news', 'advance', 'advance', 'advance', 'advance', 'wish', 'world'] as const),
];

/** Whatever a world is like, it begins with this: in the evening of whoever is asked, and all of it answered. */
const PLAIN = `
policy: plain
open: { on: plain.open }
resolve: { on: plain.done }
key: event.data.id
assignee: "'eve'"
requester: "'sam'"
subject: { type: matter, id: event.data.id, title: "'Matter'", url: "'https://acme.test/' + event.data.id" }
expire: { after: 5 days }
stages:
  - { id: notice, at: opened, notify: [{ via: [email] }, { to: [requester], via: [email] }] }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
`;

/** Whom it asks nobody knows. */
const UNKNOWN = `
policy: unknown
open: { on: unknown.open }
key: event.data.id
assignee: "'nowhere'"
stages: [{ id: notice, at: opened, notify: { to: ['recipient(nowhere)'], via: [email] } }]
`;

const SATURDAY = 6;

/** Of a category that its reader has once a day, in one mail. */
const DAILY = `
policy: daily
category: billing
open: { on: daily.open }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`;

export interface RecountedWorld {
  readonly http: HttpWorld;
  readonly random: Random;
  /** Each tenant, its own first. */
  readonly sides: readonly Side[];
  /** Someone does something, and so does the neighbour, and it is counted. Answers what it was. */
  act(): Promise<string>;
  /** News about messages of long ago, and about those they carried. */
  lateNews(count: number): Promise<void>;
  advance(ms: number): Promise<void>;
  /** Something that is over is opened again. */
  reopen(): Promise<void>;
  /** Every month is added up, and quarters. */
  addUp(): Promise<number>;
  /** Counted as far as it has come, and looked at. */
  counted(): Promise<void>;
  /** What is older is taken away. */
  prune(retention: Readonly<Record<string, string>>): Promise<void>;
  end(): Promise<void>;
}

export async function createRecountedWorld(seed: number): Promise<RecountedWorld> {
  const random = randomOf(seed);
  let temper = PEACE;
  const answering = (channel: (typeof CHANNELS)[number]) =>
    recorder(
      channel,
      async ({ id }) => {
        const outcome = answerIn(temper, random);
        return outcome.kind === 'accepted' ? { ...outcome, providerId: id } : outcome;
      },
      channel !== 'email',
    );
  const http = await createHttpWorld(() => ({ requestsAMinute: 1_000_000 }), {
    start: START,
    connectionsMax: 1,
    recorders: Object.fromEntries(CHANNELS.map((channel) => [channel, answering(channel)])),
    engine: {
      random: (count) => random.bytes(count),
      monotonic: () => 0,
      pauseMs: async () => {},
      slotsAbreast: 1,
      resolve: async () => ({ kind: 'answered', to: random.pick([['bo'], ['sam', 'ghost'], []]), holdsMs: DAY_MS }),
    },
  });
  const world = new Acting(http, random);
  await world.begin(seed);
  temper = random.pick([LIFE, LIFE, PEACE]);
  return world;
}

class Acting implements RecountedWorld, Side {
  readonly http: HttpWorld;
  readonly random: Random;
  readonly witness: Witness;
  readonly tenant = 'default';
  readonly headers = {};
  hasPruned = false;
  #neighbour: Neighbour | null = null;
  #policies: string[] = [];
  #people: string[] = [...PEOPLE, 'eve'];
  #written: Record<string, unknown>[] = [];
  #events = 0;

  constructor(http: HttpWorld, random: Random) {
    this.http = http;
    this.random = random;
    this.witness = new Witness(http.world.database);
  }

  get sides(): readonly Side[] {
    return this.#neighbour === null ? [this] : [this, this.#neighbour];
  }

  async begin(seed: number): Promise<void> {
    const { world } = this.http;
    await begin(world.database, [], START);
    await world.people([
      { id: 'eve', email: 'eve@example.test', timeZone: 'Asia/Tokyo', locale: 'fr', manager: 'boss' },
    ]);
    await this.#sets({
      zone: this.random.pick(ZONES),
      tracking: { opens: true, clicks: true, sms: true },
      resolvers: { crm: { url: 'https://crm.example.test' } },
    });
    await this.#writes();
    for (let index = 0; index < 3; index++) await this.#publishes(index);
    await this.#chooses('ana', true);
    await this.#beginsPlainly();
    this.#neighbour = await Neighbour.begin(this.http, randomOf(seed + 1));
  }

  /** A program opens the first mail, and a person each other; all are answered. One more expires, and is done after all. */
  async #beginsPlainly(): Promise<void> {
    const { world } = this.http;
    await world.policy(PLAIN);
    await world.policy(DAILY);
    await world.policy(UNKNOWN);
    const happens = async (type: string, ...ids: string[]): Promise<void> => {
      const events = ids.map((id) => eventOf(type, { id }, { id: `${type}-${id}` }));
      await world.node.ingest.submit('default', events);
      await world.settle();
      await this.counted();
    };
    await happens('plain.open', 'a', 'b', 'c', 'd');
    const mails = [...this.witness.messages.values()].filter(({ recipient }) => recipient === 'eve');
    for (const [index, { id, followUp }] of mails.entries()) {
      await this.#leaps(LEAPS[index % 3] ?? HOUR_MS);
      const seen = { message: { id }, at: null, detail: null, machine: index === 0 } as const;
      await world.node.receipts.take('default', 'test', [
        { ...seen, kind: 'opened' },
        { ...seen, kind: 'clicked' },
      ]);
      const by = {
        actor: { kind: 'recipient', id: 'eve' },
        evidence: 'proven',
        channel: 'email',
        comment: null,
      } as const;
      const command = { kind: 'resolve', outcome: null } as const;
      await world.node.commands.run('default', { kind: 'id', id: followUp }, { ...by, command, message: id });
      await world.settle();
    }
    await happens('plain.open', 'late');
    await this.#promises(happens);
    await happens('daily.open', 'a', 'b', 'c');
    await happens('unknown.open', 'a');
    await this.#leaps(6 * DAY_MS);
    await happens('plain.done', 'late');
    // The next Saturday at noon, by the clock of whoever is asked.
    const tokyo = (await world.now()) + 9 * HOUR_MS;
    const noon = Math.floor(tokyo / DAY_MS) * DAY_MS + 12 * HOUR_MS;
    const days = (SATURDAY - new Date(noon).getUTCDay() + 7) % 7 || 7;
    await this.#leaps(noon + days * DAY_MS - tokyo);
    await happens('plain.open', 'weekend');
    const carrier = [...this.witness.messages.values()].flatMap((one) => one.carrier ?? [])[0] ?? '';
    const kind = this.random.pick(['bounced', 'delivered'] as const);
    await world.node.receipts.take('default', 'test', [{ message: { id: carrier }, kind, at: null, detail: null }]);
    await this.counted();
  }

  /** Of two dates one is kept, and one is missed. */
  async #promises(happens: (type: string, ...ids: string[]) => Promise<void>): Promise<void> {
    const { world } = this.http;
    const known = new Set(this.witness.followUps.keys());
    await happens('plain.open', 'kept', 'missed');
    const [kept, missed] = [...this.witness.followUps.keys()].filter((id) => !known.has(id));
    const by = ((await world.now()) + DAY_MS) as Instant;
    const asks = (id = '', command: CommandRequest['command'] = { kind: 'commit', by }) =>
      world.node.commands.run(
        'default',
        { kind: 'id', id },
        { actor: { kind: 'recipient', id: 'eve' }, evidence: 'proven', channel: 'email', comment: null, command },
      );
    for (const id of [kept, missed]) await asks(id);
    await asks(kept, { kind: 'resolve', outcome: null });
    await world.settle();
  }

  #sets(settings: Readonly<Record<string, unknown>>): Promise<void> {
    return this.http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', settings));
  }

  #writes(): Promise<unknown> {
    const body = {
      email: { subject: `Words ${this.#events}`, text: 'Do it: {{ subject.url }}' },
      locales: { fr: { email: { subject: 'Mots', text: 'Fais-le: {{ subject.url }}' } } },
    };
    return this.http.world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
      putTemplates(tx, 'default', [{ id: 'letter', body, compiled: body, uses: [] }]),
    );
  }

  /** Of the simulation, with a team, links, and now and then words of its own; whoever is asked may not be believed. */
  async #publishes(index: number): Promise<void> {
    const { random } = this;
    const { id, written } = randomPolicy(random, index);
    const subject = { ...(written.subject as object), url: "'https://acme.test/' + event.data.id" };
    const more = {
      subject,
      team: { cel: 'event.data.team' },
      ...(random.chance(0.3) ? { resolvableBy: ['event', 'team', 'escalated'] } : {}),
      ...(random.chance(0.5) ? { actions: [{ id: 'fine', label: 'Fine', resolves: true }] } : {}),
      ...(random.chance(0.5) ? { expire: { after: random.pick(['6 days', '12 days']) } } : {}),
      stages: (written.stages as Record<string, unknown>[]).map((stage, place) => ({
        ...stage,
        ...(place === 0 ? { notify: { ...(stage.notify as object), template: 'letter' } } : {}),
        ...(place > 0 && stage.escalate === undefined && random.chance(0.2) ? { role: 'update' } : {}),
      })),
    };
    await this.http.world.policy(JSON.stringify({ ...written, ...more }));
    if (!this.#policies.includes(id)) this.#policies.push(id);
    this.#written[index] = written;
  }

  async act(): Promise<string> {
    const name = this.random.pick(this.#events < 6 ? BEGINNING : LATER);
    const did = await this.#do(name);
    await this.#neighbour?.act();
    await this.counted();
    return `${name} ${did}`;
  }

  async #do(name: Act): Promise<string> {
    switch (name) {
      case 'event':
        return this.#event();
      case 'command':
        return this.#command();
      case 'reopen':
        return this.#reopen();
      case 'news':
        return this.#news();
      case 'wish':
        return this.#chooses(this.random.pick(this.#people), false);
      case 'world':
        return this.#worldChanges();
      case 'advance':
        return this.#leaps(this.random.pick(LEAPS));
    }
  }

  async #leaps(ms: number): Promise<string> {
    const { clock } = this.http.world.node;
    const outcome = await clock.advance(later(await clock.now(), ms));
    if (outcome.kind !== 'advanced') throw new Error(`the clock is ${outcome.kind}`);
    return `${ms / MINUTE_MS} minutes`;
  }
  async advance(ms: number): Promise<void> {
    await this.#leaps(ms);
    await this.counted();
  }

  /** Several at once are due at once, and may go together. */
  async #event(): Promise<string> {
    const now = await this.http.world.now();
    const events = Array.from({ length: this.random.pick([1, 2, 4]) }, () => this.#someEvent(now));
    await this.http.world.node.ingest.submit('default', events);
    await this.http.world.settle();
    return events.map(({ type }) => type).join();
  }

  #someEvent(now: Instant): IncomingEvent {
    const { random } = this;
    const kind = random.pick(['open', 'open', 'open', 'open', 'update', 'resolve', 'resolve', 'cancel']);
    const data = {
      id: `key-${random.below(6)}`,
      assignee: random.pick(['ana', 'ana', 'ana', 'bo', 'eve', 'mute', 'push', 'nobody-known', '']),
      amount: random.below(200),
      team: random.pick(['office', 'office', 'empty']),
      ...(random.chance(0.7) ? { dueDate: new Date(now + (random.below(10) - 3) * DAY_MS).toISOString() } : {}),
    };
    this.#events += 1;
    return eventOf(`${random.pick(this.#policies)}.${kind}`, data, { id: `recounted-${this.#events}` });
  }

  async #command(): Promise<string> {
    const { random, witness } = this;
    const followUps = [...witness.followUps.values()];
    if (followUps.length === 0) return 'of nothing';
    const live = followUps.filter((one) => one.live);
    const { id, policy } = random.pick(live.length > 0 && random.chance(0.8) ? live : followUps);
    const soon = later(await this.http.world.now(), random.pick(LEAPS));
    const own = [...witness.messages.values()].filter(({ followUp }) => followUp === id);
    const message = own.length === 0 ? undefined : random.pick(own);
    const actor = message?.recipient ?? random.pick(this.#people);
    const command: Command = random.pick<Command>([
      { kind: 'acknowledge' },
      { kind: 'acknowledge' },
      { kind: 'unacknowledge' },
      { kind: 'resolve', outcome: null },
      { kind: 'resolve', outcome: null },
      { kind: 'resolve', outcome: null },
      { kind: 'resolve', outcome: null },
      { kind: 'cancel' },
      { kind: 'snooze', until: soon },
      { kind: 'commit', by: soon },
      { kind: 'answer', action: 'fine', answer: {} },
      { kind: 'delegate', to: random.pick(['bo', 'sam']) },
      { kind: 'reassign', to: random.pick(['ana', 'bo', 'sam']) },
      { kind: 'decline', why: 'declined' },
      { kind: 'escalate' },
      { kind: 'reschedule', dueAt: soon },
      { kind: 'reply' },
    ]);
    const { kind } = await this.http.world.node.commands.run(
      'default',
      { kind: 'id', id },
      {
        command,
        actor: random.chance(0.8) ? { kind: 'recipient', id: actor } : { kind: 'api', id: random.pick([actor, null]) },
        evidence: random.pick(['proven', 'proven', 'likely', 'machine']),
        channel: message?.channel ?? null,
        comment: null,
        ...(message === undefined || random.chance(0.3) ? {} : { message: message.id }),
      },
    );
    await this.http.world.settle();
    return `${command.kind} of ${policy} by ${actor}: ${kind}`;
  }

  async reopen(): Promise<void> {
    await this.#reopen();
    await this.counted();
  }

  async #reopen(): Promise<string> {
    const closed = [...this.witness.followUps.values()].filter(({ live }) => !live);
    if (closed.length === 0) return 'of nothing';
    const { id, policy } = this.random.pick(closed);
    const by = { kind: 'api', id: null } as const;
    const { kind } = await this.http.world.node.commands.reopen('default', { kind: 'id', id }, by);
    await this.http.world.settle();
    return `of ${policy}: ${kind}`;
  }

  async lateNews(count: number): Promise<void> {
    for (let told = 0; told < count; told++) await this.#news();
    await this.counted();
  }

  /** A receipt of a provider, whatever is true of it; or somebody reads what lies in their inbox. */
  async #news(): Promise<string> {
    const { random, witness } = this;
    const sent = [...witness.messages.values()].filter(({ sentAt }) => sentAt !== null);
    if (sent.length === 0) return 'of nothing';
    // What carries others is told of more often than by chance.
    const carriers = sent.filter(({ id }) => sent.some(({ carrier }) => carrier === id));
    const { id, channel } = random.pick(this.#likelier(sent, carriers));
    if (channel === 'inbox') {
      await this.http.world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
        addEngagement(tx, 'default', id, 'read'),
      );
      return 'read';
    }
    const handedOver = Object.values(this.http.world.recorders).some((one) => one.sent.some((each) => each.id === id));
    // A provider knows nothing of what went in another message; its links are its own.
    const kind = handedOver ? random.pick(RECEIPTS) : 'clicked';
    const machine = random.chance(0.5);
    await this.http.world.node.receipts.take('default', 'test', [
      { message: { id }, kind, at: null, detail: null, machine },
    ]);
    await this.http.world.settle();
    return `${kind}${machine ? ' by a machine' : ''}`;
  }

  /** Of those that carry others, and of those that are no item of an inbox, there is more news than by chance. */
  #likelier(sent: readonly MessageRow[], carriers: readonly MessageRow[]): readonly MessageRow[] {
    const pushed = sent.filter(({ channel }) => channel !== 'inbox');
    if (carriers.length > 0 && this.random.chance(0.3)) return carriers;
    return pushed.length > 0 && this.random.chance(0.7) ? pushed : sent;
  }

  async #chooses(recipient: string, much: boolean): Promise<string> {
    const wish = much ? MUCH_AT_ONCE : randomWish(this.random, await this.http.world.now());
    const { consents } = this.http.world.node;
    const { kind } = await consents.change({ tenant: 'default', recipient }, () => wish, { how: 'api' });
    await this.http.world.settle();
    return `${recipient}: ${kind}`;
  }

  async #worldChanges(): Promise<string> {
    const { random } = this;
    switch (random.below(5)) {
      case 0: {
        const zone = random.pick(ZONES);
        await this.#sets({ zone });
        return `the tenant moves to ${zone}`;
      }
      case 1:
        await this.http.world.people([
          { id: 'eve', email: 'eve@example.test', timeZone: random.pick(ZONES), locale: 'fr', manager: 'boss' },
        ]);
        return 'eve moves';
      case 2:
        await this.#writes();
        return 'other words';
      case 3: {
        const index = random.below(3);
        await this.#publishes(index);
        await this.http.world.settle();
        return `another version of policy-${index}`;
      }
      default: {
        const gone = random.pick(['ana', 'eve', 'sam']);
        if (!this.#people.includes(gone)) return 'nobody is erased again';
        this.#people = this.#people.filter((id) => id !== gone);
        await this.http.world.node.erasures.erase('default', gone, { by: 'key', reason: null });
        await this.http.world.settle();
        return `${gone} is erased`;
      }
    }
  }

  async counted(): Promise<void> {
    const figures = createFigures(this.http.world.database, LOUD);
    for (let turn = 0; (await figures.count()).counted > 0; turn++)
      if (turn > 100) throw new Error('what has changed is never counted');
    for (const { witness } of this.sides) await witness.look();
  }

  async addUp(): Promise<number> {
    return createFigures(this.http.world.database, LOUD, { rowsMin: 1, restMinutes: 0 }).addUp();
  }

  async prune(retention: Readonly<Record<string, string>>): Promise<void> {
    await this.#sets({ retention });
    this.hasPruned = true;
    const { engine, consents } = this.http.world.node;
    await new Sweep(engine, consents).prune();
    await this.counted();
  }

  async end(): Promise<void> {
    await this.http.end();
  }
}

export const nowOf = ({ http }: RecountedWorld): Promise<Instant> => http.world.now();
