// A message as deliver.ts hands it over, made up: for the conformance suite, for tests of providers, and for sending a test
// to oneself. Nothing of it is anybody's.
import { blankRecipient, type Instant } from '@relance/core';
import type { Envelope } from './channel.ts';

const AT = Date.parse('2026-11-02T09:00:00Z') as Instant;
const HOUR_MS = 3_600_000;

export const sampleEnvelope = (more: Partial<Envelope> = {}): Envelope => ({
  id: '0193a1b2-c3d4-8000-8000-000000000001',
  tenant: 'default',
  followUp: '0193a1b2-c3d4-7000-8000-000000000002',
  policy: 'task',
  policyTitle: 'Task',
  category: 'general',
  stage: 'notice',
  urgency: 'normal',
  recipient: { ...blankRecipient('ana'), name: 'Ana García — 完成', email: 'ana@example.test' },
  address: 'ana@example.test',
  copies: [],
  content: {
    subject: 'Hello',
    text: 'A text.\n.\nA line with a dot, and — 完成.',
    html: '<p>Hello</p>',
    url: 'https://example.test/tasks/1',
    actions: [
      { name: 'resolve', label: 'It is done', url: 'https://relance.example.test/a/abcdefghijklmnopqrstuv' },
      { name: 'acknowledge', label: 'I have this', url: 'https://relance.example.test/a/bcdefghijklmnopqrstuvw' },
    ],
  },
  subject: { type: 'task', id: '1', title: 'A task', url: 'https://example.test/tasks/1' },
  status: 'open',
  dueAt: (AT + 24 * HOUR_MS) as Instant,
  dueDay: null,
  locale: 'en',
  zone: 'Europe/Paris',
  at: AT,
  usefulUntil: (AT + 4 * HOUR_MS) as Instant,
  unsubscribeUrl: null,
  payload: { message: 'm' },
  attempt: 1,
  ...more,
});
