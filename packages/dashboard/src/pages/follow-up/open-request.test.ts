// What is typed to open a follow-up: only what was typed is sent, and data that is no object is told before anything is.
import { describe, expect, it } from 'vitest';
import { openRequest, type Typed } from './open-request.ts';

const EMPTY: Typed = {
  policy: 'task',
  key: ' k-1 ',
  title: ' Pay ',
  assignee: '',
  requester: '',
  due: '',
  url: '',
  data: '',
};
const utc = (local: string): string | null => (local === '' ? null : `${local}:00Z`);

describe('opening by hand', () => {
  it('sends nothing of what was left empty', () => {
    expect(openRequest(EMPTY, utc)).toEqual({
      request: { policy: 'task', key: 'k-1', subject: { title: 'Pay' } },
      error: null,
    });
  });

  it('sends what was typed', () => {
    const typed = {
      ...EMPTY,
      assignee: 'ana',
      requester: ' sam ',
      due: '2026-12-01T09:00',
      url: 'https://x.test/7',
      data: '{"amount": 3}',
    };
    expect(openRequest(typed, utc).request).toEqual({
      policy: 'task',
      key: 'k-1',
      subject: { title: 'Pay', url: 'https://x.test/7' },
      assignee: 'ana',
      requester: 'sam',
      dueAt: '2026-12-01T09:00:00Z',
      data: { amount: 3 },
    });
  });

  it.each(['3', '[1]', '"x"', 'null', '{', 'amount: 3'])('says that %s is no object', (data) => {
    const { request, error } = openRequest({ ...EMPTY, data }, utc);
    expect(request).toBeNull();
    expect(error).toContain('not a JSON object');
  });
});
