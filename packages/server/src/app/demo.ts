// `relance demo`: the bundled database, sample policies and people, three stories, and a virtual clock. The stories are
// told within a minute: time leaps from due moment to due moment until somebody has resolved each of them. From then on,
// and as soon as the newcomer does something, time runs so that it can be watched (demo-pace.ts), and everything that
// happens is printed, whoever did it. Nothing is skipped: all that is due at a moment is sent before time goes on.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DAY_MS,
  type FollowUp,
  type Instant,
  instant,
  isLive,
  later,
  type Names,
  sentence,
  type TimelineEntry,
  type TimelineKind,
} from '@relance/core';
import type { Log } from '../engine/engine.ts';
import { momentText } from '../responses/moment.ts';
import { ENGINE } from '../store/database.ts';
import { mailboxFollowUps, mailboxPeople } from '../store/sql/mailbox.ts';
import { type RecentLine, recentLines } from '../store/sql/timeline-recent.ts';
import { type Config, commandName } from './config.ts';
import { act, openStories, REACTION_MS, toldAt } from './demo-cast.ts';
import { pace, READING_MS, type Stretch } from './demo-pace.ts';
import { type RunningServer, startServer } from './serve.ts';

/** Real time between two looks at what happened. */
const TURN_MS = 250;
const FOLLOW_UPS_MAX = 200;

export interface Demo {
  readonly server: RunningServer;
  /** Resolves when the stories have been told to their end, or are the newcomer's to end. */
  readonly told: Promise<void>;
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** Go on with the follow-ups of the last demo instead of telling the stories from the beginning. */
  readonly keep: boolean;
  readonly log: Log;
  readonly say: (line: string) => void;
}

/** From the sources, or from the package as it is published. */
const found = (places: readonly string[]): string => {
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
};
const samples = (): string => found(['../../samples']);
/** As one types it from here. */
const example = (name: string): string =>
  relative(process.cwd(), found([`../../../../examples/${name}`, `../../examples/${name}`]));

export async function startDemo(config: Config, options: DemoOptions): Promise<Demo> {
  const server = await startServer(
    {
      ...config,
      // A database and keys of its own: what is played here never meets what is served for real.
      databaseUrl: null,
      dataDir: join(config.dataDir, 'demo'),
      project: config.project ?? samples(),
      clock: { mode: 'virtual' },
    },
    { open: true, anew: !options.keep, log: options.log, say: options.say },
  );
  const { say } = options;
  say('');
  say(`  Relance demo   ${server.url}   every message, and every follow-up, as people see them`);
  say(
    options.keep
      ? '  It goes on where the last demo stopped. Times are UTC. Ctrl-C stops it.'
      : '  Three stories first: time leaps, so that days pass in seconds. Times are UTC. Ctrl-C stops it.',
  );
  say('');
  const teller = new Teller(server, say);
  await teller.begin(options.keep);
  return {
    server,
    told: teller.told,
    async stop() {
      await teller.stop();
      await server.stop();
    },
  };
}

/** Moves time, has the people of the stories act when their turn has come, and prints the timeline as it happens. */
class Teller {
  readonly #server: RunningServer;
  readonly #say: (line: string) => void;
  readonly told: Promise<void>;
  #tell: () => void = () => {};
  #isTold = false;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  readonly #seen = new Set<string>();
  /** The stories that are the demo's own: nobody but it has done anything about them. */
  readonly #own = new Set<string>();
  readonly #acted = new Set<string>();
  #names: ReadonlyMap<string, string> = new Map();
  /** Story time at the start: years are named where they are others. */
  #began: Instant = instant(0);
  #stretch: Stretch | null = null;
  #theirs = false;
  #saidStill = true;
  #turnAt = performance.now();
  #leaptAt = performance.now();
  #newsAt = performance.now();
  /** Story time of the last two looks: what was written at a moment may be seen a look later. */
  #lookedAt: readonly [Instant, Instant] | null = null;

  constructor(server: RunningServer, say: (line: string) => void) {
    this.#server = server;
    this.#say = say;
    this.told = new Promise((done) => {
      this.#tell = done;
    });
  }

  async begin(keep: boolean): Promise<void> {
    const { engine } = this.#server.relance;
    const { lines } = await this.#read();
    for (const line of lines) this.#seen.add(keyOf(line));
    this.#began = await engine.clock.now();
    if (!keep) for (const id of await openStories(engine, this.#began)) this.#own.add(id);
    const turn = (): void => {
      this.#looking = this.#turn()
        .catch(() => {})
        .finally(() => {
          this.#timer = setTimeout(turn, TURN_MS);
        });
    };
    this.#timer = setTimeout(turn, TURN_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Prints what happened, moves the clock as the pace is, and lets the people of the stories act. */
  async #turn(): Promise<void> {
    const { clock } = this.#server.relance.engine;
    await this.#look();
    const real = performance.now();
    const { to, stretch } = pace(
      {
        now: await clock.now(),
        nextAt: await clock.nextDue(),
        theirs: this.#theirs,
        turnMs: real - this.#turnAt,
        sinceLeapMs: real - this.#leaptAt,
        sinceNewsMs: real - this.#newsAt,
      },
      this.#stretch,
    );
    this.#turnAt = real;
    this.#stretch = stretch;
    if (to === null) return;
    this.#leaptAt = real;
    await clock.advance(to);
    for (const followUp of await this.#look()) await this.#letAct(followUp);
    await this.#look();
  }

  /** While time leaps, whoever acts does so a while after having been told; while it runs, when that while has passed. */
  async #letAct(followUp: FollowUp): Promise<void> {
    const at = toldAt(followUp);
    const { engine } = this.#server.relance;
    const now = await engine.clock.now();
    if (at === null || !this.#own.has(followUp.id) || this.#acted.has(followUp.id)) return;
    if (this.#theirs && now < at + REACTION_MS) return;
    this.#acted.add(followUp.id);
    if (!this.#theirs) await engine.clock.advance(later(now, REACTION_MS));
    await act(engine, followUp);
    await engine.clock.advance(await engine.clock.now());
  }

  /** Prints what is new; answers what is live. */
  async #look(): Promise<readonly FollowUp[]> {
    const { lines, people, followUps } = await this.#read();
    this.#names = new Map(people.map(({ id, name }) => [id, name ?? id]));
    for (const line of lines) {
      if (this.#seen.has(keyOf(line))) continue;
      this.#seen.add(keyOf(line));
      const isStory = this.#own.has(line.followUpId);
      // Whoever touches a story owns it from then on: the people of the demo leave it alone.
      if (isStory && !this.#acted.has(line.followUpId) && BY_HAND.has(line.entry.kind))
        this.#own.delete(line.followUpId);
      this.#print(line, isStory ? TOLD_OF_STORIES : null);
    }
    const live = followUps.filter(({ status }) => isLive(status));
    this.#standing(
      live.some(({ id }) => !this.#own.has(id)),
      live.some(({ id }) => this.#own.has(id)),
    );
    return live;
  }

  async #read() {
    const { engine } = this.#server.relance.engine;
    const now = await engine.clock.now();
    const [before] = this.#lookedAt ?? [now];
    this.#lookedAt = [this.#lookedAt?.[1] ?? now, now];
    return engine.database.transaction(ENGINE, async (tx) => ({
      lines: await recentLines(tx, 'default', later(before, -DAY_MS)),
      people: await mailboxPeople(tx, 'default'),
      followUps: await mailboxFollowUps(tx, 'default', FOLLOW_UPS_MAX),
    }));
  }

  #print({ entry, title }: RecentLine, told: ReadonlySet<TimelineKind> | null): void {
    if (told === null ? entry.kind === 'stage_ran' : !told.has(entry.kind)) return;
    this.#newsAt = performance.now();
    this.#say(printed(entry, title, (id) => this.#names.get(id) ?? id, this.#began));
  }

  /** Says when the pace changes, so that nobody wonders: at once that time runs, and that it stands still once all is said. */
  #standing(theirs: boolean, stories: boolean): void {
    if (theirs && !this.#theirs && stories)
      this.#say(
        '  … You have something under way: time runs an hour a second now, faster when nothing is due for long.',
      );
    if (theirs) this.#saidStill = false;
    this.#theirs = theirs;
    if (stories) return;
    if (!this.#isTold) {
      this.#isTold = true;
      this.#tell();
      for (const line of afterwards(this.#server.url)) this.#say(line);
    }
    if (theirs || this.#saidStill || performance.now() - this.#newsAt < READING_MS) return;
    this.#saidStill = true;
    this.#say('  … Nothing is under way: time stands still until something is.');
  }
}

const afterwards = (url: string): readonly string[] => [
  '',
  '  The stories are told. Look at every message and follow-up in the mailbox:',
  `    ${url}/mailbox`,
  '  Now send an event of your own, and acknowledge, snooze or resolve what it opens, there or by another event:',
  `    ${commandName()} event send ${example('access-request.json')}`,
  `    ${commandName()} event send ${example('access-granted.json')}`,
  '  While it is open, time runs an hour a second (faster when nothing is due for long), and rests whenever something happens.',
  '',
];

const keyOf = (line: RecentLine): string => `${line.followUpId}/${line.seq}`;

/** Lines that stand for somebody's decision. */
const BY_HAND: ReadonlySet<TimelineKind> = new Set([
  'acknowledged',
  'unacknowledged',
  'snoozed',
  'committed',
  'delegated',
  'declined',
  'noted',
  'rescheduled',
  'resolved',
  'cancelled',
]);

/** Of the stories the demo prints what a reader needs to follow them; of everything else, every line. */
const TOLD_OF_STORIES: ReadonlySet<TimelineKind> = new Set([
  ...BY_HAND,
  'opened',
  'message_sent',
  'escalated',
  'reassigned',
  'alarm',
  'resumed',
  'message_failed',
]);

const MOMENT_WIDTH = 'Wed 25 Nov 19:51'.length;

function printed(entry: TimelineEntry, title: string, names: Names, began: Instant): string {
  const moment = (at: Instant): string => momentText(at, began);
  const subject = title.length > 34 ? `${title.slice(0, 33)}…` : title.padEnd(34);
  return `  ${moment(entry.at).padEnd(MOMENT_WIDTH)}  ${subject}  ${sentence(entry, names, moment)}`;
}
