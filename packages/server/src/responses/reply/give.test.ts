// Whom a reply names: one of those it may be given to, and nobody where anything else is said or two could be meant.
import { expect, it } from 'vitest';
import { givenTo } from './give.ts';
import { type Asking, meaningOf, SURE } from './meaning.ts';

const PEOPLE = [
  { id: 'bo', name: 'Bo Ødegård', addresses: ['bo@example.test', 'bo.o@home.test'] },
  { id: 'rene', name: 'René', addresses: ['rene@example.test'] },
  { id: 'ann-1', name: 'Ann Lee', addresses: ['ann.lee@example.test'] },
  { id: 'ann-2', name: 'Ann Moe', addresses: ['ann.moe@example.test'] },
  { id: 'x', name: null, addresses: [] },
];
const ASKING: Asking = { locale: 'en-GB', now: 0 as Asking['now'], zone: 'UTC', actions: [], people: PEOPLE };
const to = (text: string, locale: string | null = 'en') => givenTo(text, locale, PEOPLE)?.id ?? null;

it.each([
  ['en', 'Give it to Bo'],
  ['en', 'Please pass this on to BO ØDEGÅRD, thanks!'],
  ['en', 'please forward it to bo.o@HOME.test.'],
  ['fr', 'Donne-le à Bo, merci'],
  ['fr', 'Merci de le transmettre à Bo'],
  ['de', 'Bitte gib es an Bo weiter'],
  ['de', 'Leiten Sie das bitte an bo@example.test weiter. Danke'],
  ['es', 'Pásaselo a Bo, por favor'],
  ['it', 'Passalo a Bo, grazie'],
  ['pt', 'Por favor, passe-o para o Bo'],
  ['nl', 'Geef het alsjeblieft door aan Bo'],
  ['sv', 'Skicka det vidare till Bo, tack'],
])('%s: "%s" means the one Bo, also to who reads another language', (locale, text) => {
  expect(to(text, locale)).toBe('bo');
  expect(to(text, null)).toBe('bo');
});

it('is found without accents and by a whole name where the first names are several', () => {
  expect(to('give it to Rene')).toBe('rene');
  expect(to('give it to ann moe')).toBe('ann-2');
  expect(to('give it to ann.lee@example.test please')).toBe('ann-1');
});

it.each([
  'Give it to Ann',
  'Give it to Zoe',
  'Give it to',
  'Give it to Bo?',
  'Give it to Bo on Friday',
  'Give it to Bo, not me',
  'Give it to Bo or René',
  'Don’t give it to Bo',
  'I would give it to Bo',
  'Give it to bo@example.test and rene@example.test',
  'Give it to Bo bo@example.test',
  'Give it to nobody@example.test',
  'Give it to null',
  'Bo',
  'bo@example.test',
])('"%s" is for people to read', (text) => {
  expect(to(text)).toBeNull();
  expect(meaningOf(text, ASKING).kind).not.toBe('delegate');
});

it('is one sure meaning of a reply, and an action of that name comes first', () => {
  const given = meaningOf('Give it to Bo', ASKING);
  expect(given).toMatchObject({ kind: 'delegate', to: 'bo' });
  expect(given.confidence).toBeGreaterThanOrEqual(SURE);
  const action = { id: 'hand', label: 'Give it to Bo', outcome: null, resolves: true, rejects: false };
  expect(meaningOf('Give it to Bo', { ...ASKING, actions: [action] })).toMatchObject({ kind: 'done', action: 'hand' });
  expect(meaningOf('Give it to Bo', { ...ASKING, people: [] }).kind).toBe('unclear');
});
