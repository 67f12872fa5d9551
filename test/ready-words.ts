// Every template of the ready policies with every channel it is sent on, and what it sees there: for the tests that read their
// words (ready.test.ts, ready-mail.test.ts) and the one that has a spam filter read them (e2e/spam.test.ts).
import type { Channel, Policy, render, Template } from '@relance/core';
import { readScenario } from './scenario.ts';

export interface Use {
  readonly template: string;
  readonly channel: Channel;
  /** Its messages are sent when there is nothing to do any more. */
  readonly closed: boolean;
  readonly consequence: string | null;
  /** To whoever waits for it, not to those who are asked. */
  readonly toOthers: boolean;
}

/** Every template with every channel it is sent on. */
export function usesOf({ stages, closing }: Policy): readonly Use[] {
  const notices = [
    ...stages.map(({ notify, consequence }) => ({ notify, consequence, closed: false })),
    ...Object.values(closing).map((one) => ({ notify: one ?? [], consequence: null, closed: true })),
  ];
  return notices.flatMap(({ notify, consequence, closed }) =>
    notify.flatMap(({ to, template, via }) => {
      if (template === null || via === 'preferred') throw new Error('A ready policy names its templates and channels.');
      const toOthers = to.every(({ kind }) => kind === 'requester');
      return via.map(({ channel }): Use => ({ template, channel, closed, consequence, toOthers }));
    }),
  );
}

/** In both languages, with everything and with nothing that an event may leave out. */
export const BOTH = ['en', 'fr'].flatMap((locale) => [false, true].map((bare) => ({ locale, bare })));
const OPTIONAL = 'url owner lateFee neededBy title left discount offerUntil amount currency service plan status'.split(
  ' ',
);

export interface Reading {
  readonly id: string;
  readonly policy: Policy;
  readonly template: Template;
  readonly use: Use;
  readonly locale: string;
  readonly bare: boolean;
}

export function inputOf({ id, policy, template, use, locale, bare }: Reading): Parameters<typeof render>[0] {
  const { data: whole } = readScenario(id).event;
  const data = Object.fromEntries(Object.entries(whole).filter(([name]) => !(bare && OPTIONAL.includes(name))));
  const hasDue = !bare || !/approval|viewed/.test(id);
  const url = (name: string) => `https://example.com/a/${name}`;
  return {
    template,
    role: use.closed ? 'confirmation' : 'reminder',
    channel: use.channel,
    locale,
    zone: 'Europe/Paris',
    consequence: use.consequence,
    urgency: policy.urgency,
    context: {
      recipient: { id: 'ana', name: bare ? null : 'Ana García' },
      subject: { type: id, id: '42', title: 'Number 42', url: bare ? null : 'https://example.com/42' },
      data,
      followUp: {
        status: use.closed ? 'resolved' : 'open',
        openedAt: '2026-11-02T08:00:00Z',
        dueAt: hasDue ? '2026-11-20T16:00:00Z' : null,
        closedAt: use.closed ? '2026-11-03T08:00:00Z' : null,
        assigneeName: bare ? null : 'Theo',
        requesterName: bare ? null : 'Nora',
        zone: 'Europe/Paris',
      },
      activity: {},
      pending: [],
      actions: use.closed
        ? {}
        : Object.fromEntries(
            ['acknowledge', 'resolve', 'snooze'].map((name) => [name, { label: name, url: url(name) }]),
          ),
      tenant: { name: 'Example' },
      now: '2026-11-10T08:00:00Z',
    },
  };
}
