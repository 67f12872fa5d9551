// What an address says of the list: what is not known, or has no effect, is no filter.
import { expect, it } from 'vitest';
import { readListSearch } from './list-search.ts';

const said = (search: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(readListSearch(search)).filter(([, value]) => value !== undefined));

it('says why only of those that need attention', () => {
  expect(said({ show: 'attention', why: 'parked' })).toEqual({ show: 'attention', why: 'parked' });
  expect(said({ why: 'parked' })).toEqual({});
  expect(said({ show: 'all', why: 'parked' })).toEqual({ show: 'all' });
});

it('leaves out what is not known', () => {
  expect(said({ show: 'some', why: 'because', due: 'soon', overdue: 'no', q: ' ', key: 7 })).toEqual({ key: '7' });
});
