// What templates see (render.ts), as one table: `relance check` compares with it what a template reads. deliver-prepare.ts
// fills it in, held to the same names by its types. Null: anything may be there.

import type { Branding } from '../branding.ts';
import type { WireFollowUp } from '../contract/wire.ts';
import type { RunStanding } from '../run-standing.ts';

export interface Seen {
  readonly [name: string]: Seen | null;
}

export const RECIPIENT_SEEN = {
  id: {},
  name: {},
  email: {},
  locale: {},
  timeZone: {},
  location: { country: {}, region: {}, city: {} },
  traits: null,
} satisfies Seen;

export type FollowUpSeen =
  | keyof WireFollowUp
  | keyof RunStanding
  | 'reason'
  | 'policyTitle'
  | 'zone'
  | 'assigneeName'
  | 'requesterName'
  | 'acknowledgedByName'
  | 'resolvedByName'
  | 'reminders'
  | 'forAssignee'
  | 'escalatedToMe';

const FOLLOW_UP: Readonly<Record<FollowUpSeen, Seen | null>> = {
  id: {},
  policy: { id: {}, version: {} },
  key: {},
  status: {},
  outcome: {},
  urgency: {},
  subject: { type: {}, id: {}, title: {}, url: {} },
  data: null,
  assignee: {},
  assignees: null,
  answers: null,
  requester: {},
  team: {},
  watchers: null,
  dueAt: {},
  stage: {},
  nextAt: {},
  nextStage: {},
  waitsFor: {},
  snoozedUntil: {},
  commitment: { dueAt: {}, by: {} },
  claim: { by: {}, at: {}, until: {} },
  escalationLevel: {},
  openedAt: {},
  acknowledgedAt: {},
  acknowledgedBy: {},
  resolvedAt: {},
  resolvedBy: {},
  closedAt: {},
  generation: {},
  revision: {},
  lastReminder: {},
  othersNext: {},
  answered: {},
  reason: {},
  policyTitle: {},
  zone: {},
  assigneeName: {},
  requesterName: {},
  acknowledgedByName: {},
  resolvedByName: {},
  reminders: {},
  forAssignee: {},
  escalatedToMe: {},
};

/** Anything that is asked for is gathered: what has not happened is empty. */
export const ACTIVITY_SEEN: Seen = { type: {}, time: {}, at: {}, data: null, location: null };
const ACTIVITY: Seen = { last: null, count: null, lastResponse: { action: {}, at: {} } };
const TENANT: Readonly<Record<'name' | 'onColor' | keyof Branding, Seen>> = {
  name: {},
  logo: {},
  color: {},
  onColor: {},
  address: {},
  url: {},
  supportEmail: {},
  supportPhone: {},
};
export const LINK_SEEN: Seen = { url: {}, label: {}, does: {} };

/** Pages that belong to a reader, in the order in which the built-in mails have them at their foot. */
export const PAGES_SEEN = ['me', 'status', 'preferences'] as const;
const PAGE: Seen = { url: {}, label: {} };

/** `data` as far as it is known; the buttons of every message, and the policy's own. */
export const templateScope = (data: Seen | null, actions: readonly string[]): Seen => ({
  recipient: RECIPIENT_SEEN,
  subject: { type: {}, id: {}, title: {}, url: {} },
  data,
  followUp: FOLLOW_UP,
  activity: ACTIVITY,
  pending: null,
  actions: Object.fromEntries(['acknowledge', 'resolve', 'snooze', ...actions].map((name) => [name, LINK_SEEN])),
  links: Object.fromEntries(PAGES_SEEN.map((name) => [name, PAGE])),
  tenant: TENANT,
  now: {},
  buttons: null,
  closing: {},
  role: {},
  urgency: {},
  locale: {},
  language: {},
  direction: {},
  emailSubject: {},
  zone: {},
  consequence: {},
});
