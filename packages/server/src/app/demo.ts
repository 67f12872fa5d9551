// `relance demo`: the bundled database, sample policies and people, sample events, and a virtual clock that leaps from one
// due moment to the next, so that the whole story is seen within a minute: notice, reminder, urgent reminder, escalation,
// somebody resolves, confirmation. Nothing is skipped: at every leap all that is due is sent before time goes on.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DAY_MS,
  type FollowUp,
  later,
  MINUTE_MS,
  type Names,
  sentence,
  type TimelineEntry,
  toRfc3339,
} from '@relance/core';
import type { Log } from '../engine/engine.ts';
import type { IncomingEvent } from '../engine/ports.ts';
import { ENGINE } from '../store/database.ts';
import { listFollowUps } from '../store/sql/follow-up-list.ts';
import { mailboxPeople } from '../store/sql/mailbox.ts';
import { recentLines } from '../store/sql/timeline-recent.ts';
import type { Config } from './config.ts';
import { type RunningServer, startServer } from './serve.ts';

/** Real time between two leaps: slow enough to read, fast enough for a minute. */
const LEAP_EVERY_MS = 900;
/** Story time that people take to act once they have been told. */
const REACTION = 40 * MINUTE_MS;

export interface Demo {
  readonly server: RunningServer;
  /** Resolves when the first story has been told to its end. */
  readonly told: Promise<void>;
  stop(): Promise<void>;
}

const samples = (): string => {
  const beside = ['../../samples', '../../../samples'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return beside.find((place) => existsSync(place)) ?? (beside[0] as string);
};

export async function startDemo(
  config: Config,
  options: { readonly log: Log; readonly say: (line: string) => void },
): Promise<Demo> {
  const server = await startServer(
    {
      ...config,
      // A database and keys of its own: what is played here never meets what is served for real.
      databaseUrl: null,
      dataDir: join(config.dataDir, 'demo'),
      project: config.project ?? samples(),
      clock: { mode: 'virtual' },
    },
    { open: true, log: options.log, say: options.say },
  );
  options.say('');
  options.say(`  Relance demo   ${server.url}   every message, and every follow-up, as people see them`);
  options.say('  Time leaps to the next due moment every second, so that days pass in seconds. Ctrl-C stops it.');
  options.say('');
  const teller = new Teller(server, options.say);
  teller.start();
  await teller.play();
  return {
    server,
    told: teller.told,
    async stop() {
      await teller.stop();
      await server.stop();
    },
  };
}

let number = 0;
const event = (type: string, data: Record<string, unknown>): IncomingEvent => {
  const id = `demo-${process.pid}-${++number}`;
  return { id, source: '/demo', type, time: null, event: { specversion: '1.0', id, source: '/demo', type, data } };
};

/** Sends the events, has people act when their turn has come, and prints the timeline as it happens. */
class Teller {
  readonly #server: RunningServer;
  readonly #say: (line: string) => void;
  readonly told: Promise<void>;
  #done: () => void = () => {};
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #seen = new Set<string>();
  #acted = new Set<string>();
  #mine = new Set<string>();
  #names: ReadonlyMap<string, string> = new Map();

  constructor(server: RunningServer, say: (line: string) => void) {
    this.#server = server;
    this.#say = say;
    this.told = new Promise((done) => {
      this.#done = done;
    });
  }

  start(): void {
    const look = (): void => {
      this.#looking = this.#turn()
        .catch(() => {})
        .finally(() => {
          this.#timer = setTimeout(look, LEAP_EVERY_MS);
        });
    };
    this.#timer = setTimeout(look, LEAP_EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async play(): Promise<void> {
    const { ingest, clock, engine } = this.#server.relance.engine;
    const people = await engine.database.transaction(ENGINE, (tx) => mailboxPeople(tx, 'default'));
    this.#names = new Map(people.map(({ id, name }) => [id, name ?? id]));
    const now = await clock.now();
    const due = (days: number): string => toRfc3339(later(now, days * DAY_MS));
    const run = now.toString(36).slice(-4).toUpperCase();
    const outcomes = await ingest.submit('default', [
      event('com.acme.invoice.issued', {
        number: `A-${run}`,
        total: '1,240.00 €',
        lateFee: '40 €',
        customer: 'ana',
        accountOwner: 'claire',
        dueDate: due(4),
        url: 'https://acme.example/invoices/demo',
      }),
      event('com.acme.access.requested', {
        request: `R-${run}`,
        who: 'Jo Whitaker',
        system: 'the data warehouse',
        approver: 'theo',
        requester: 'jo',
        url: 'https://acme.example/access/demo',
      }),
      event('com.acme.incident.raised', {
        service: `checkout-${run.toLowerCase()}`,
        summary: 'payments fail in one of ten orders',
        responder: 'luis',
        runbook: 'https://acme.example/runbooks/checkout',
      }),
    ]);
    for (const outcome of outcomes)
      if (outcome.kind === 'accepted') for (const { id } of outcome.followUps) this.#mine.add(id);
  }

  /** One leap: to the next due moment, everything due there sent and printed, then whoever was told acts. */
  async #turn(): Promise<void> {
    const { clock } = this.#server.relance.engine;
    const next = await clock.nextDue();
    if (next !== null) await clock.advance(next);
    for (const followUp of await this.#look()) await this.#act(followUp);
    const after = await this.#look();
    if (after.length > 0 && after.every((one) => one.status === 'resolved')) this.#done();
  }

  async #look(): Promise<readonly FollowUp[]> {
    const { engine } = this.#server.relance.engine;
    const { lines, followUps } = await engine.database.transaction(ENGINE, async (tx) => ({
      lines: await recentLines(tx, 'default', [...this.#mine]),
      followUps: (
        await listFollowUps(
          tx,
          'default',
          {
            status: null,
            policy: null,
            key: null,
            subject: null,
            assignee: null,
            team: null,
            stage: null,
            dueBefore: null,
            attention: false,
            q: null,
          },
          null,
          50,
        )
      ).filter((one) => this.#mine.has(one.id)),
    }));
    for (const line of lines) {
      const key = `${line.followUpId}/${line.seq}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      if (worthTelling(line.entry)) this.#say(printed(line.entry, line.title, (id) => this.#names.get(id) ?? id));
    }
    return followUps;
  }

  /** Once it has been escalated, somebody acts: that is what escalation is for. */
  async #act(followUp: FollowUp): Promise<void> {
    const live = followUp.status === 'open' || followUp.status === 'acknowledged';
    const told = followUp.progress[lastStageOf(followUp)]?.firstAt;
    if (!live || this.#acted.has(followUp.id) || followUp.escalationLevel === 0 || told === null || told === undefined)
      return;
    this.#acted.add(followUp.id);
    const { ingest, commands, clock } = this.#server.relance.engine;
    await clock.advance(later(await clock.now(), REACTION));
    if (followUp.policy === 'invoice-payment') {
      await ingest.submit('default', [event('com.acme.invoice.paid', { number: followUp.subject.id })]);
      await clock.advance(await clock.now());
      return;
    }
    const person = followUp.escalated[0] ?? followUp.assignee;
    await commands.run(
      'default',
      { kind: 'id', id: followUp.id },
      {
        command: { kind: 'resolve', outcome: followUp.policy === 'incident' ? 'fixed' : 'granted' },
        actor: { kind: 'recipient', id: person ?? 'nobody' },
        evidence: 'proven',
        channel: 'email',
        comment: null,
      },
    );
    await clock.advance(await clock.now());
  }
}

const lastStageOf = (followUp: FollowUp): string => followUp.stage ?? '';

const TOLD: ReadonlySet<TimelineEntry['kind']> = new Set([
  'opened',
  'message_sent',
  'escalated',
  'reassigned',
  'resolved',
  'acknowledged',
  'snoozed',
  'cancelled',
  'alarm',
  'resumed',
  'message_failed',
]);
const worthTelling = (entry: TimelineEntry): boolean => TOLD.has(entry.kind);

const when = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

function printed(entry: TimelineEntry, title: string, names: Names): string {
  const subject = title.length > 34 ? `${title.slice(0, 33)}…` : title.padEnd(34);
  return `  ${when.format(entry.at).replace(',', '')}  ${subject}  ${sentence(entry, names)}`;
}
