// What is known of an inbox is the same in whatever order, and however often, it is told.
import { eventReader, type InboxItem } from '@relance/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, inOrder, type Known, lapsed, listed, NOTHING_KNOWN, told } from './inbox-state.ts';
import { item, page } from './server.test-kit.ts';

const shown = (known: Known) => inOrder(known.items.values()).map(({ id, readAt }) => `${id}${readAt ? ' read' : ''}`);
const pageOf = (items: readonly InboxItem[], more = {}) => page(items, more) as unknown as Parameters<typeof listed>[1];

describe('what is known of an inbox', () => {
  it('does not depend on the order in which it is told, or on how often', () => {
    const at = '2026-11-26T09:00:00.000Z';
    const life = [1, 2, 3].flatMap((seq) => [
      item(seq),
      item(seq, { readAt: at }),
      ...(seq === 2 ? [item(seq, { readAt: at, archivedAt: at, actions: [] })] : []),
    ]);
    const events = fc
      .array(fc.nat(life.length - 1), { maxLength: 10 })
      .chain((again) => fc.shuffledSubarray([...life.keys(), ...again], { minLength: life.length + again.length }));
    fc.assert(
      fc.property(events, (order) => {
        const known = order.reduce((sofar, n) => told(sofar, life[n] as InboxItem), NOTHING_KNOWN);
        expect(shown(known)).toEqual(['i3 read', 'i1 read']);
        expect(countOf([...known.items.values()])).toEqual({ unread: 0, total: 2, urgent: 0 });
      }),
    );
  });

  it('has no hole: what is older than what is loaded comes with its page', () => {
    const first = listed(NOTHING_KNOWN, pageOf([item(9), item(8)], { nextCursor: 'c' }));
    const heard = told(told(first, item(3, { readAt: 'x' })), item(10));
    expect(shown(heard)).toEqual(['i10', 'i9', 'i8']);
    expect(shown(listed(heard, pageOf([item(3), item(2)])))).toEqual(['i10', 'i9', 'i8', 'i3', 'i2']);
  });

  it('lets nothing rise again that has become an item of the feed', () => {
    const known = lapsed(told(NOTHING_KNOWN, item(1, { as: 'banner' })), ['i1']);
    expect(told(known, item(1, { as: 'banner' })).items.get('i1')?.as).toBe('feed');
  });
});

describe('a reader of events', () => {
  const TEXT =
    ': hello\n\nid: 1~\nevent: message\ndata: {"a":\ndata: 1}\n\r\nevent: changed\r\ndata: é\r\n\r\ndata\n\nid: 3\n\ndata:x\n\n: end\n\ndata: never ends\n';

  it('reads the same however the text is cut', () => {
    const whole = eventReader('0')(TEXT);
    expect(whole).toEqual([
      { name: 'message', data: '{"a":\n1}', id: '1~' },
      { name: 'changed', data: 'é', id: '1~' },
      { name: 'message', data: '', id: '1~' },
      { name: 'message', data: 'x', id: '3' },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(TEXT.length)), (cuts) => {
        const read = eventReader('0');
        const places = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
        expect(places.flatMap((place, n) => read(TEXT.slice(place, places[n + 1])))).toEqual(whole);
      }),
    );
  });

  it('takes no end of what has none', () => {
    const read = eventReader('');
    expect(() => {
      for (let part = 0; part < 3; part++) read('x'.repeat(500_000));
    }).toThrow(/no event that ends/);
  });
});
