// A test of a template, handed over at once by the first connection that a message would leave by, under the rules that hold for
// messages: nothing goes to a suppressed endpoint, and what it takes of quotas and rates is counted with theirs. Into an inbox it is
// written here, as no message is behind it: figures, timelines and answers know nothing of it.
import type { Instant, Outcome } from '@relance/core';
import type { Connection, Envelope } from '../channels/channel.ts';
import type { ConnectionBook } from '../engine/connection-book.ts';
import { shownInInbox } from '../engine/outcome.ts';
import type { TestSend } from '../engine/ports.ts';
import { limitsOf, spendOne } from '../engine/spend.ts';
import { type Database, ENGINE, type Tx } from '../store/database.ts';
import { insertInboxTest } from '../store/sql/inbox.ts';
import { suppressedAmong } from '../store/sql/suppression.ts';

const TEST_MS = 20_000;

export interface TestSendOptions {
  readonly database: Database;
  readonly connections: ConnectionBook;
  /** Null: as many as there are. */
  readonly messagesADay: number | null;
}

export const testSendBy =
  ({ database, connections, messagesADay }: TestSendOptions): TestSend =>
  async (tenant, channel, envelope, now) => {
    if (channel === 'inbox')
      return database.transaction({ kind: 'tenant', tenant }, (tx) => intoInbox(tx, tenant, envelope, now));
    const ready = await database.transaction(ENGINE, async (tx) => {
      await connections.refresh(tx);
      const [connection] = connections.of(tenant, channel);
      if (connection === undefined) return refused(`no connection serves ${channel}`);
      const address = await consenting(tx, tenant, connection, envelope);
      if (address === undefined)
        return refused(
          'the address is suppressed: GET /v1/suppressions says why; lift that, or send the test elsewhere',
        );
      const met = await spendOne(tx, limitsOf({ messagesADay, connections }, tenant, connection));
      if (met !== null) return limited(met.cause, met.retryAfterMs);
      return { connection, address };
    });
    if (!('connection' in ready)) return ready;
    const { connection, address } = ready;
    const outcome = await connection.send({ ...envelope, address }, AbortSignal.timeout(TEST_MS));
    return outcome.kind === 'accepted' && outcome.captured
      ? { ...outcome, detail: `captured in the mailbox, as nothing is set up to send by ${channel}` }
      : outcome;
  };

/** The address of an inbox is the id of its reader, who may be somebody else than the one to whom the words speak. */
async function intoInbox(tx: Tx, tenant: string, envelope: Envelope, now: Instant): Promise<Outcome> {
  const { id, address, urgency, content, subject } = envelope;
  const recipient = address ?? envelope.recipient.id;
  const item = { tenant, recipient, messageId: id, at: now, urgency, ...shownInInbox(content, subject) };
  const known = await insertInboxTest(tx, item);
  return known ? { kind: 'accepted', providerId: id } : refused(`there is no recipient "${recipient}"`);
}

const refused = (detail: string): Outcome => ({ kind: 'rejected', detail });

const limited = (cause: 'quota_spent' | 'rate_limited', retryAfterMs: number): Outcome => ({
  kind: 'retry',
  detail: cause === 'quota_spent' ? 'the quota of messages a day is spent' : 'the connection may send no more a second',
  retryAfterMs,
  about: 'message',
});

/** The address without what is suppressed of it: a push goes to several devices, one a line. Undefined where none is left. */
async function consenting(
  tx: Tx,
  tenant: string,
  connection: Connection,
  { address }: Envelope,
): Promise<string | null | undefined> {
  if (address === null) return null;
  const { channel } = connection;
  const all = channel === 'push' ? address.split('\n') : [address];
  const suppressed = await suppressedAmong(tx, tenant, channel, all, connection.senderTo?.(address).id ?? null);
  const left = all.filter((one) => !suppressed.has(one));
  return left.length === 0 ? undefined : left.join('\n');
}
