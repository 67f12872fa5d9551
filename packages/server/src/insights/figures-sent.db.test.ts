// Messages counted by how they were sent: by provider, by the version of a template that wrote them and by their language, exactly,
// whatever comes late; by day and added up by month, they are the messages of the other figures.
import { readFileSync } from 'node:fs';
import type { MessageKey } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { readMessageSums } from '../store/sql/metric-message.ts';
import { putTemplates } from '../store/sql/template.ts';
import { askFigures, askMessages } from './answer.ts';
import {
  countAll,
  figures,
  inAWorld,
  isExact,
  markAll,
  messageSums,
  messagesOf,
  receipt,
  sql,
  story,
  world,
} from './figure-world.test-kit.ts';
import { createFigures } from './figures.ts';

inAWorld();

const LETTER = `
policy: letter
title: Letter
open: { on: letter.made }
key: event.data.id
assignee: event.data.who
resolved: none
stages: [{ id: notice, at: opened, notify: { via: [email], template: letter } }]
`;
const words = (text: string) => ({
  email: { subject: text, text },
  locales: { fr: { email: { subject: 'Lettre', text: 'Lettre' } } },
});

const write = (text: string) =>
  world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
    putTemplates(tx, 'default', [{ id: 'letter', body: words(text), compiled: words(text), uses: [] }]),
  );

/** What is asked of messages, as text: keys, messages, bounced. */
async function sentBy(...groupBy: MessageKey[]): Promise<string[]> {
  const rows = await world.database.transaction({ kind: 'tenant', tenant: 'default' }, (tx) =>
    readMessageSums(tx, { tenant: 'default', from: '2026-01-01', to: '2027-12-31', groupBy, policy: null }, 1_000),
  );
  return rows.map(({ group, counts }) =>
    [...groupBy.map((key) => group[key] ?? '-'), `${counts.messages} sent, ${counts.bounced} bounced`].join(' '),
  );
}

/** The statement of the migration. */
const seed = async (): Promise<void> => {
  const written = readFileSync(new URL('../store/migrations/0090-message-figures.sql', import.meta.url), 'utf8');
  const [statement = ''] = /INSERT INTO relance\.metric_messages [^;]+;/.exec(written) ?? [];
  await sql(statement);
};

const ports = () => ({ database: world.database, figures: figures(), wallNow: () => Date.now() });

describe('how messages were sent', () => {
  it('is known of each version of a template and each language, and stays so when bounces come late', async () => {
    await world.people([{ id: 'eve', email: 'eve@example.test', locale: 'fr' }]);
    await write('First');
    await world.policy(LETTER);
    for (const [id, who] of [
      ['1', 'ana'],
      ['2', 'eve'],
    ])
      await world.event('letter.made', { id, who });
    await world.settle();
    await write('Second');
    await world.event('letter.made', { id: '3', who: 'ana' });
    await world.event('bill.made', { id: '4', who: 'ana' });
    await world.settle();
    await countAll();
    expect(await sentBy('template', 'templateVersion')).toEqual([
      '- - 3 sent, 0 bounced',
      'letter 1 2 sent, 0 bounced',
      'letter 2 1 sent, 0 bounced',
    ]);
    expect(await sentBy('template', 'locale')).toEqual([
      '- en 3 sent, 0 bounced',
      'letter en 2 sent, 0 bounced',
      'letter fr 1 sent, 0 bounced',
    ]);
    expect(await sentBy('channel', 'provider')).toEqual([
      'email mailbox 5 sent, 0 bounced',
      'inbox inbox 1 sent, 0 bounced',
    ]);
    await receipt((await messagesOf('1'))[0]?.id ?? '', 'bounced');
    await isExact();
    expect(await sentBy('template', 'templateVersion')).toContain('letter 1 2 sent, 1 bounced');
    // What nobody noted before this was asked: it is counted, and nobody knows how it was sent.
    await sql('UPDATE relance.messages SET provider = NULL, template = NULL, template_version = NULL, locale = NULL');
    await markAll();
    await countAll();
    expect(await sentBy('provider', 'template', 'templateVersion', 'locale')).toEqual(['- - - - 6 sent, 1 bounced']);
  });

  it('adds to what an older release has counted nothing that it takes away again', async () => {
    await story(async () => {});
    await countAll();
    const whole = await messageSums();
    await sql('DELETE FROM relance.metric_messages');
    await sql(`UPDATE relance.metric_facts SET generations = (
      SELECT jsonb_agg(g || jsonb_build_object('messages', (SELECT coalesce(jsonb_agg(m - 'sentBy'), '[]') FROM jsonb_array_elements(g -> 'messages') AS m)))
      FROM jsonb_array_elements(generations) AS g)`);
    await markAll();
    // As the migration has it: what was counted stands under what nobody knows; and its months are added up before it is counted again.
    await seed();
    const sent = await sentBy('policy', 'stage');
    await createFigures(world.database, world.node.engine.log, { rowsMin: 1, restMinutes: 0 }).addUp();
    await countAll();
    expect(whole.length).toBeGreaterThan(5);
    expect(await messageSums()).toEqual(whole);
    expect(await sentBy('policy', 'stage')).toEqual(sent);
    expect((await sentBy('provider')).join()).toContain('mailbox');
    expect((await sql('SELECT FROM relance.metric_months WHERE stale')).length).toBeGreaterThan(0);
  });

  it('says the same of messages as the other figures, by day and by month', async () => {
    await story(async () => {});
    await countAll();
    const asked = { from: '2026-10-20', to: '2026-12-10' };
    const told = async () => {
      const answers = [
        await askMessages(ports(), 'default', { ...asked, groupBy: 'policy' }),
        await askMessages(ports(), 'default', { ...asked, groupBy: 'policy,day' }),
        // By how they were sent they are read from sums of their own.
        await askMessages(ports(), 'default', { ...asked, groupBy: 'policy,provider' }),
        await askMessages(ports(), 'default', { ...asked, groupBy: 'policy,stage,day,locale' }),
        await askFigures(ports(), 'default', 'policies', asked),
      ];
      return answers.map((one) => {
        if (one.kind === 'wrong') throw new Error(one.wrong.message);
        const sums = new Map<string, number[]>();
        for (const { policy, messages, accepted, bounced, merged, interruptedBusiness } of one.answer.rows) {
          const known = sums.get(String(policy)) ?? [0, 0, 0, 0, 0];
          const own = [messages, accepted, bounced, merged, interruptedBusiness];
          sums.set(
            String(policy),
            own.map((count, index) => count + (known[index] ?? 0)),
          );
        }
        return [...sums];
      });
    };
    const before = await told();
    const [byPolicy] = before;
    expect(byPolicy?.length).toBe(2);
    expect(before).toEqual(before.map(() => byPolicy));
    const days = await sentBy('policy', 'stage', 'locale');
    await createFigures(world.database, world.node.engine.log, { rowsMin: 1, restMinutes: 0 }).addUp();
    expect((await sql('SELECT FROM relance.metric_message_sums')).length).toBeGreaterThan(3);
    expect(await told()).toEqual(before);
    // It is the months that are read: what does not stand there is not told.
    await sql('UPDATE relance.metric_message_sums SET messages = messages + 1000');
    expect(await sentBy('policy', 'stage', 'locale')).not.toEqual(days);
    // What changes later makes them stale, and they are told by their days.
    await receipt((await messagesOf('1'))[0]?.id ?? '', 'bounced');
    await countAll();
    expect((await sentBy()).join()).toBe(
      `${days.reduce((sum, line) => sum + Number(/(\d+) sent/.exec(line)?.[1]), 0)} sent, 5 bounced`,
    );
  });

  it('is asked for where it can be answered', async () => {
    const refused = await askFigures(ports(), 'default', 'overview', { groupBy: 'provider' });
    expect(refused).toMatchObject({
      kind: 'wrong',
      wrong: { path: 'groupBy', message: expect.stringContaining('GET /v1/metrics/messages') },
    });
    const unknown = await askMessages(ports(), 'default', { groupBy: 'level' });
    expect(unknown).toMatchObject({ kind: 'wrong', wrong: { message: expect.stringContaining('templateVersion') } });
  });
});
