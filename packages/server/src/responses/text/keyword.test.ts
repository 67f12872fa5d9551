// STOP, START and HELP: however they are typed, and never in the middle of something else.
import { expect, it } from 'vitest';
import { keywordIn } from './keyword.ts';

it.each([
  ['STOP', 'stop'],
  [' stop. ', 'stop'],
  ['"Stop!!"', 'stop'],
  ['StopAll', 'stop'],
  ['Stop all', 'stop'],
  ['UNSUBSCRIBE', 'stop'],
  ['cancel', 'stop'],
  ['End', 'stop'],
  ['QUIT', 'stop'],
  ['revoke', 'stop'],
  ['opt-out', 'stop'],
  ['Arrêt', 'stop'],
  ['STOPP', 'stop'],
  ['alto', 'stop'],
  ['Baja', 'stop'],
  ['PARAR', 'stop'],
  ['sair', 'stop'],
  ['afmelden', 'stop'],
  ['Start', 'start'],
  ['UNSTOP', 'start'],
  ['HELP?', 'help'],
  ['info', 'help'],
  ['Aide', 'help'],
  ['HJÄLP', 'help'],
])('"%s" is %s', (text, keyword) => expect(keywordIn(text)?.keyword).toBe(keyword));

it.each([
  'stop by my desk',
  'please stop',
  'STOP STOP',
  'nonstop',
  'the end',
  'end of the week',
  'cancel the meeting',
  'can you help me',
  'start tomorrow',
  'yes',
  'done',
  'stop 🙂',
  '1',
  '',
])('"%s" is none', (text) => expect(keywordIn(text)).toBeNull());

it('tells the language of a word that is of one alone', () => {
  expect(keywordIn('arret')?.language).toBe('fr');
  expect(keywordIn('stopp')?.language).toBeNull(); // Germans and Swedes say it
});
