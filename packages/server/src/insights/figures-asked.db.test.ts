// Who was asked for what, and after how long they answered: what was counted of it, whatever comes late. What is counted at all is
// figures.db.test.ts.
import { describe, expect, it } from 'vitest';
import {
  BILL,
  command,
  countAll,
  idOf,
  inAWorld,
  markAll,
  messagesOf,
  receipt,
  sql,
  sumOf,
  waitsOf,
  world,
} from './figure-world.test-kit.ts';

inAWorld();

describe('how long people take', () => {
  it('knows who answered what after how long, and who has not', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.settle();
    await countAll();
    // The mail and the item of the inbox; the requester is told, and asked for nothing.
    expect(await waitsOf('bill')).toEqual(['acknowledge waits', 'resolve waits', 'response waits']);
    expect(await waitsOf('bill', 'inbox')).toEqual(['acknowledge waits', 'resolve waits', 'response waits']);
    await world.advance('1 hour');
    const mail = (await messagesOf('1')).find(({ channel, recipient }) => channel === 'email' && recipient === 'ana');
    await command('1', 'ana', { kind: 'acknowledge' }, mail?.id);
    await countAll();
    const asked = ['acknowledge came 3600', 'resolve waits'];
    expect(await waitsOf('bill')).toEqual([...asked, 'response came 3600']);
    // On each channel alone: the mail was answered, and the item of the inbox waited until then.
    expect(await waitsOf('bill', 'email')).toEqual([...asked, 'response came 3600']);
    expect(await waitsOf('bill', 'inbox')).toEqual([...asked, 'response left 3600']);
    expect(await sumOf('bill')).toMatchObject({ answered: 1 });
  });

  it('leaves who did not answer out of the times only from the next reminder on', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.advance('3 days');
    await command('1', 'ana', { kind: 'resolve', outcome: null });
    await countAll();
    const waits = await waitsOf('bill');
    expect(waits.filter((one) => one.startsWith('response left'))).toHaveLength(1); // the notice, once, though by two channels
    expect(waits.filter((one) => one.startsWith('response came'))).toHaveLength(1);
    expect(waits.filter((one) => one.startsWith('resolve came'))).toHaveLength(1);
    expect(waits.join()).not.toContain('waits');
  });

  it('keeps what earlier generations asked when one opens again under a newer version', async () => {
    await world.event('bill.made', { id: '1', who: 'ana' });
    await world.settle();
    await world.advance('1 hour');
    await command('1', 'ana', { kind: 'resolve', outcome: null });
    await countAll();
    const before = (await waitsOf('bill')).filter((one) => one.startsWith('response'));
    expect(before).toEqual(['response came 3600']);
    await world.policy(BILL.replaceAll('notice', 'nudge'));
    await world.node.commands.reopen('default', { kind: 'id', id: await idOf('1') }, { kind: 'api', id: null });
    await world.settle();
    await countAll();
    const after = (await waitsOf('bill')).filter((one) => one.startsWith('response'));
    expect(after).toEqual(['response came 3600', 'response waits']);
  });

  it('does not wait for an answer to what bounced, alone or in a digest', async () => {
    for (const id of ['a', 'b']) await world.event('note.made', { id, who: 'dan' });
    await world.advance('1 day');
    await countAll();
    expect((await waitsOf('note')).filter((one) => one === 'response waits')).toHaveLength(2);
    const all = (await Promise.all(['a', 'b'].map(messagesOf))).flat();
    await receipt(all.find(({ status }) => status === 'accepted')?.id ?? '', 'bounced');
    await countAll();
    expect((await waitsOf('note')).filter((one) => one.startsWith('response'))).toEqual([]);
    // Nor when its carrier is forgotten first.
    await sql(`DELETE FROM relance.messages WHERE status = 'bounced'`);
    await markAll();
    await countAll();
    expect((await waitsOf('note')).filter((one) => one.startsWith('response'))).toEqual([]);
  });
});
