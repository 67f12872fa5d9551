// `resolve.onReply` as stories: whoever is asked ends it by writing back, and nobody else does.
import { describe, expect, it } from 'vitest';
import type { Answer, Command, Input, TimelineEntry } from './input.ts';
import type { Instant } from './instant.ts';
import { compiled, refused } from './policy/compile.test-kit.ts';
import type { PolicyInput } from './policy/schema.ts';
import { Scenario, type ScenarioOptions } from './scenario.test-kit.ts';
import { sentence } from './sentence.ts';

const stages: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 2 days' },
];
const reply: Command = { kind: 'reply' };
const unchanged: Answer = { kind: 'done', changed: false };
const open = (written: Partial<PolicyInput> = {}, options: ScenarioOptions = {}) =>
  new Scenario({ stages, resolve: { onReply: true }, ...written }, options);
const of = (id: string): Input => ({
  kind: 'command',
  command: reply,
  actor: { kind: 'recipient', id },
  evidence: 'proven',
  channel: 'email',
  comment: null,
});

describe('a reply of who is asked', () => {
  it('ends it as replied, and no reminder comes', () => {
    const story = open();
    expect(story.command(reply)).toEqual({ kind: 'done', changed: true });
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'replied', closedBy: 'ana' });
    expect(story.forward('30 days').sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 resolved ana']);
    expect(story.command(reply)).toEqual({ kind: 'closed' });
  });
  it('counts whoever may say otherwise that it is done, with the outcome that the policy gives it', () => {
    const story = open({ resolve: [{ on: 'x' }, { onReply: true, outcome: 'heard' }], resolvableBy: ['event'] });
    story.command(reply);
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'heard', claim: null });
  });
  it('means nothing where the policy does not wait for one', () => {
    const story = open({ resolve: { on: 'x', onReply: false } });
    expect(story.command(reply)).toEqual(unchanged);
    expect(story.followUp).toMatchObject({ status: 'open' });
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-04 09:00 reminder ana']);
  });
});

it('a reply of somebody else ends nothing', () => {
  const story = open();
  expect(story.input(of('bo'))).toEqual(unchanged);
  expect(story.followUp).toMatchObject({ status: 'open' });
});

describe('the policy', () => {
  it('says so with or beside an event', () => {
    expect(compiled({ resolve: { onReply: true } }).onReply).toEqual({ outcome: 'replied' });
    expect(compiled({ resolve: [{ on: 'x', onReply: true, outcome: 'heard' }] }).onReply).toEqual({ outcome: 'heard' });
    expect(compiled({ resolve: { on: 'x' } }).onReply).toBeNull();
    expect(compiled({ resolve: { onReply: true } }).clauses.filter(({ role }) => role === 'resolve')).toEqual([]);
  });
  it('asks nothing of an event that it does not name', () => {
    expect(refused({ resolve: { onReply: true, when: 'true' } })).toEqual(['policy_key_missing resolve.on']);
    expect(refused({ resolve: [{ onReply: true, key: "'x'" }] })).toEqual(['policy_key_missing resolve[0].on']);
    expect(refused({ resolve: { outcome: 'x' } })).toEqual(['policy_key_missing resolve.on']);
  });
});

describe('in a timeline', () => {
  const line = (more: Partial<TimelineEntry>): string =>
    sentence({ at: 0 as Instant, kind: 'replied', reason: 'reply', channel: 'email', ...more }, (id) =>
      id.toUpperCase(),
    );
  it.each<[string, Partial<TimelineEntry>]>([
    [
      'ANA replied by email: "Done", taken as "it is done".',
      { recipient: 'ana', data: { text: 'Done', takenAs: '"it is done"' } },
    ],
    [
      'Somebody who is not known replied by email: "Who?", which is for people to read (its sender is not known).',
      { reason: 'reply_unclear', data: { text: 'Who?', why: 'its sender is not known' } },
    ],
    [
      'A program replied for ANA by email (away), which is no answer: "Away until Monday".',
      { reason: 'automatic_reply', recipient: 'ana', data: { text: 'Away\n until Monday', why: 'away' } },
    ],
    [
      'What ANA replied was answered by BO: "Friday is fine".',
      { kind: 'reply_answered', recipient: 'ana', actor: 'bo', data: { text: 'Friday is fine' } },
    ],
    [
      'What somebody replied was put away by BO: Spam.',
      { kind: 'reply_closed', actor: 'bo', data: { comment: 'Spam' } },
    ],
    [
      'ANA is taken to be away from 2026-11-02 to 2026-11-13, as their automatic reply says; `away` of the recipient takes it back.',
      {
        kind: 'marked_away',
        reason: 'automatic_reply',
        recipient: 'ana',
        data: { first: '2026-11-02', last: '2026-11-13' },
      },
    ],
  ])('%s', (words, more) => {
    expect(line(more)).toBe(words);
  });
  it('shows no more of a long one than a line can bear, and never half a character', () => {
    const words = line({ recipient: 'ana', data: { text: `${'x'.repeat(299)}😀${'y'.repeat(999)}`, takenAs: 'x' } });
    expect(words.length).toBeLessThan(400);
    expect(words.isWellFormed()).toBe(true);
  });
});
