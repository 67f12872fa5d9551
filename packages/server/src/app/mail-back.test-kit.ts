// Replies by mail for the stories beside it: a world whose people are asked by mail, and what they write back.
import { createWorld, type World } from '../../../../test/world.ts';
import type { MailBack } from '../channels/inbound-smtp.ts';
import { ENGINE } from '../store/database.ts';
import { listReplies, type ReplyRow } from '../store/sql/reply.ts';
import { mailBack, type TakeMail } from './mail-back.ts';

export const POLICY = `
policy: invoice
category: billing
open: { on: invoice.issued }
resolve: { on: invoice.paid }
key: event.data.id
subject: { title: "'Invoice ' + event.data.id" }
assignee: event.data.who
team: clerks
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: opened + 2 days, notify: { via: [email] } }
`;
export const ANY_ANSWER = POLICY.replace('policy: invoice', 'policy: survey')
  .replaceAll('invoice.', 'survey.')
  .replace('resolve: { on: survey.paid }', 'resolve: [{ on: survey.paid }, { onReply: true }]');

export interface Asked {
  readonly followUp: string;
  /** The newest message to whoever is asked. */
  readonly message: string;
}
export interface Written {
  readonly text: string;
  readonly from?: string;
  readonly headers?: string;
  readonly id?: string;
}

export interface ReplyWorld {
  readonly world: World;
  readonly take: TakeMail;
  /** Somebody is asked, and has the mail. */
  readonly asked: (policy?: string, who?: string) => Promise<Asked>;
  readonly rawOf: (written: Written) => Buffer;
  readonly back: (messageId: string | null, written: Written, more?: Partial<MailBack>) => ReturnType<TakeMail>;
  readonly repliesOf: (followUp: string) => Promise<ReplyRow[]>;
}

export async function createReplyWorld(): Promise<ReplyWorld> {
  const world = await createWorld();
  const take = mailBack(world.node.replies);
  let number = 0;
  async function asked(policy = 'invoice', who = 'ana'): Promise<Asked> {
    const type = `${policy}.issued`;
    const [outcome] = await world.event(type, { id: `k${++number}`, who });
    await world.settle();
    const followUp = outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
    const message = world.recorders.email.sent.findLast((one) => one.followUp === followUp && one.recipient.id === who);
    if (message === undefined) throw new Error(JSON.stringify(outcome));
    return { followUp, message: message.id };
  }

  const rawOf = ({ text, from = 'Ana <ana@example.test>', headers = '', id = `<m${++number}@client.test>` }: Written) =>
    Buffer.from(
      `From: ${from}\r\nSubject: Re: Invoice\r\nMessage-ID: ${id}\r\n${headers}Content-Type: text/plain; charset=utf-8\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n`,
    );
  const back = (messageId: string | null, written: Written, more: Partial<MailBack> = {}) =>
    take({ messageId, returned: false, nullSender: false, raw: rawOf(written), ...more }, null);

  const repliesOf = (followUp: string): Promise<ReplyRow[]> =>
    world.database.transaction(ENGINE, (tx) => listReplies(tx, 'default', { status: null, followUp }, null, 50));
  return { world, take, asked, rawOf, back, repliesOf };
}
