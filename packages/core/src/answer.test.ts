// The policy's own actions as stories: what closes, what only is recorded, what is refused, and what is said twice.
import { describe, expect, it } from 'vitest';
import type { Answer, Command } from './input.ts';
import type { PolicyInput } from './policy/schema.ts';
import { at, Scenario } from './scenario.test-kit.ts';

const stages: PolicyInput['stages'] = [
  { id: 'notice', at: 'opened' },
  { id: 'reminder', at: 'opened + 2 days' },
];
const amount = { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } };
const actions: NonNullable<PolicyInput['actions']> = [
  { id: 'approve', label: 'Approve', outcome: 'approved' },
  { id: 'partly', label: 'Approve a part', answer: amount },
  { id: 'reject', label: 'Reject', rejects: true },
  { id: 'seen', label: 'Seen', resolves: false },
];
const answer = (action: string, given?: unknown): Command => ({ kind: 'answer', action, answer: given });
const changed: Answer = { kind: 'done', changed: true };
const open = () => new Scenario({ stages, actions });

describe('an answer', () => {
  it('resolves with the outcome of its action, and nothing but the confirmation follows', () => {
    const story = open();
    expect(story.command(answer('approve', 'gladly'))).toEqual(changed);
    expect(story.followUp).toMatchObject({
      status: 'resolved',
      outcome: 'approved',
      closedBy: 'ana',
      answers: { ana: { action: 'approve', answer: 'gladly', at: at('2026-11-02T09:00:00Z') } },
    });
    expect(story.story('answered', 'resolved')).toEqual(['answered command', 'resolved command']);
    expect(story.timeline.find(({ kind }) => kind === 'answered')).toMatchObject({
      actor: 'ana',
      data: { action: 'approve', answer: 'gladly' },
    });
    expect(story.forward('30 days').sent()).toEqual(['11-02 09:00 notice ana', '11-02 09:00 resolved ana']);
  });
  it('that rejects closes as well', () => {
    const story = open();
    story.command(answer('reject'));
    expect(story.followUp).toMatchObject({ status: 'resolved', outcome: 'reject' });
  });
  it('that neither resolves nor rejects is recorded, and the reminders go on', () => {
    const story = open();
    expect(story.command(answer('seen'))).toEqual(changed);
    expect(story.command(answer('seen'))).toEqual({ kind: 'done', changed: false });
    expect(story.followUp).toMatchObject({ status: 'open', pause: null, answers: { ana: { action: 'seen' } } });
    expect(story.story('answered')).toEqual(['answered command']);
    expect(story.forward('2 days').sent()).toEqual(['11-02 09:00 notice ana', '11-04 09:00 reminder ana']);
  });
  it('must fit the schema of its action', () => {
    const story = open();
    const refused = { kind: 'refused', refusal: 'answer_invalid' };
    const missing = { errors: [{ path: 'answer.amount', message: 'is required' }] };
    expect(story.command(answer('partly'))).toMatchObject({ ...refused, ...missing });
    expect(story.command(answer('partly', {}))).toMatchObject({ ...refused, ...missing });
    expect(story.command(answer('partly', { amount: 'much' }))).toMatchObject({
      ...refused,
      detail: 'The answer to "partly" cannot be taken: answer.amount must be number.',
    });
    expect(story.followUp).toMatchObject({ status: 'open', answers: {}, revision: 2 });
    expect(story.command(answer('partly', { amount: 5 }))).toEqual(changed);
    expect(story.followUp).toMatchObject({ outcome: 'partly', answers: { ana: { answer: { amount: 5 } } } });
  });
  it('is not a document', () => {
    const story = open();
    expect(story.command(answer('approve', 'é'.repeat(8_191)))).toEqual(changed);
    expect(open().command(answer('approve', 'é'.repeat(8_192)))).toMatchObject({ refusal: 'answer_invalid' });
  });
  it('by an action that there is not is told which there are', () => {
    expect(open().command(answer('aprove'))).toMatchObject({
      refusal: 'unknown_action',
      detail: 'The policy has no action "aprove"; it has approve, partly, reject, seen.',
    });
    expect(new Scenario({ stages }).command(answer('approve'))).toMatchObject({ refusal: 'unknown_action' });
  });
  it('after the end is no news when it is what ended it, and meets a closed one otherwise', () => {
    const story = open();
    story.command(answer('approve'));
    expect(story.command(answer('approve'), 'bo')).toEqual({ kind: 'done', changed: false });
    expect(story.command(answer('reject'))).toEqual({ kind: 'closed' });
    expect(story.command(answer('seen'))).toEqual({ kind: 'closed' });
  });
  it('by API without a person is kept apart from every recipient', () => {
    const story = open();
    const actor = { kind: 'api', id: null } as const;
    story.input({ kind: 'command', command: answer('seen'), actor, evidence: 'proven', channel: null, comment: null });
    expect(story.followUp.answers).toMatchObject({ '@api': { action: 'seen' } });
  });
  it('is forgotten when it is opened again', () => {
    const story = open();
    story.command(answer('approve'));
    expect(story.reopen().followUp).toMatchObject({ status: 'open', answers: {}, generation: 2 });
  });
});
