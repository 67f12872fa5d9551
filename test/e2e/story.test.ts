// The main job as a story: three weeks of virtual time over the real engine and a real database. What is sent, to whom,
// when and why, and the silence in between.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../world.ts';

const INVOICE = `
policy: invoice-payment
title: Invoice payment
open: { on: com.acme.invoice.issued }
update: { on: com.acme.invoice.changed }
resolve: { on: com.acme.invoice.paid, outcome: paid }
cancel: { on: com.acme.invoice.voided }
key: "'invoice/' + string(event.data.id)"
subject: { type: invoice, id: string(event.data.id), title: "'Invoice ' + event.data.number" }
assignee: event.data.customer
requester: event.data.seller
due: event.data.dueDate
fallback: recipient(boss)
stages:
  - { id: notice, at: opened, notify: { via: [email, inbox] } }
  - { id: reminder, at: due - 3 days, notify: { via: [email] } }
  - { id: overdue, at: due + 1 day, repeat: { every: 2 days, times: 3 }, urgency: high, notify: { via: [email, { channel: sms, after: 2 hours }] } }
  - { id: escalate, at: overdue.last + 5 days, escalate: { to: [manager(1)], raise: urgent } , notify: { to: escalated, via: [email] } }
`;

describe('an invoice that is not paid', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ start: '2026-11-02T09:00:00Z' });
    await world.people([
      { id: 'ana', email: 'ana@example.test', phone: '+34600000001', manager: 'bo', timeZone: 'Europe/Madrid' },
      { id: 'bo', email: 'bo@example.test' },
      { id: 'boss', email: 'boss@example.test' },
      { id: 'sam', email: 'sam@example.test' },
    ]);
    await world.policy(INVOICE);
  });
  afterAll(() => world.end());

  it('notices, reminds, urges, escalates, and confirms once it is paid', async () => {
    const [opened] = await world.event('com.acme.invoice.issued', {
      id: 42,
      number: 'A-42',
      customer: 'ana',
      seller: 'sam',
      dueDate: '2026-11-12T10:00:00Z',
    });
    expect(opened).toMatchObject({
      kind: 'accepted',
      followUps: [{ policy: 'invoice-payment', key: 'invoice/42', status: 'open' }],
    });
    await world.settle();
    expect(world.sent()).toEqual(['email ana notice', 'inbox ana notice']);

    await world.advance('6 days');
    expect(world.sent()).toHaveLength(2); // silence until three days before it is due
    await world.advance('2 days');
    expect(world.sent().slice(2)).toEqual(['email ana reminder']);
    expect(world.recorders.email.sent.at(-1)?.content.text).toContain('Invoice A-42');

    await world.advance('3 days'); // 13 November, 10:00 UTC was due + 1 day
    await world.advance('2 hours');
    expect(world.sent().slice(3)).toEqual(['email ana overdue']);
    await world.advance('2 hours');
    expect(world.sent().slice(4)).toEqual(['sms ana overdue']);
    await world.advance('4 days');
    expect(world.sent().slice(5)).toEqual([
      'email ana overdue',
      'sms ana overdue',
      'email ana overdue',
      'sms ana overdue',
    ]);

    // Three times the same stage, and only the last of them says that it is the last.
    const overdue = world.recorders.email.sent.map(({ content }) => content).slice(-3);
    expect(overdue.map(({ subject }) => subject)).toEqual([
      'Still open: Invoice A-42',
      'Still open: Invoice A-42',
      'Last reminder: Invoice A-42',
    ]);
    expect(overdue.map(({ text }) => text.includes('It is the last reminder before others are brought in.'))).toEqual([
      false,
      false,
      true,
    ]);
    expect(overdue[2]?.text).toContain('Hello ana,\n\nThis is still open');

    await world.advance('5 days');
    expect(world.sent().slice(9)).toEqual(['email bo escalate']);
    expect(world.recorders.email.sent.at(-1)?.content.text).toContain(', and ana has not acted. Please see that');

    const [paid] = await world.event('com.acme.invoice.paid', { id: 42 });
    expect(paid).toMatchObject({ kind: 'accepted', followUps: [{ status: 'resolved' }] });
    await world.settle();
    const confirmation = world.sent().slice(10);
    expect([...confirmation].sort()).toEqual([
      'email ana resolved',
      'email sam resolved',
      'inbox ana resolved',
      'inbox sam resolved',
    ]);

    await world.advance('30 days');
    expect(world.sent()).toHaveLength(14); // nothing extra, ever
    expect(await world.node.watch()).toBe(0);
  });
});
