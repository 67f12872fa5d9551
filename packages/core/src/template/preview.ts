// What a template sees where no follow-up is behind it: invented, but for what is given. A preview on a server, one of a folder
// and a test of one's own words begin here; with a real follow-up the server's engine says what is seen.
import { type Branding, inkOn } from '../branding.ts';
import type { ActionSeen, PageSeen } from '../button.ts';
import type { Instant } from '../instant.ts';
import { toRfc3339 } from '../instant.ts';
import { webAddress } from '../opening.ts';
import type { StageRole } from '../policy/policy.ts';
import { DEFAULT_ZONE, type Directory, type Recipient, readingOf } from '../recipient.ts';
import type { RenderInput } from '../render.ts';

export type Seeing = Omit<RenderInput, 'template' | 'channel'>;

export interface Invented {
  readonly recipient: Recipient;
  readonly tenant: Directory['tenant'];
  readonly role: StageRole;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly actions: Readonly<Record<string, ActionSeen>>;
  readonly links: Readonly<Record<string, PageSeen>>;
  readonly now: Instant;
}

/** As templates see a tenant: `tenant.name`, its branding, and in which colour a text on its own colour is read. */
export const tenantSeen = ({ name, branding }: { readonly name: string | null; readonly branding?: Branding }) => ({
  name,
  ...branding,
  ...(branding?.color === undefined ? {} : { onColor: inkOn(branding.color) }),
});

export const recipientSeen = ({ id, name, email, locale, timeZone, location, traits }: Recipient) => ({
  id,
  name,
  email,
  locale,
  timeZone,
  location,
  traits,
});

const TWO_DAYS_MS = 172_800_000;

export function inventedSeeing({ recipient, tenant, role, data, subject, actions, links, now }: Invented): Seeing {
  const closed = role === 'confirmation';
  const named = recipient.name ?? recipient.id;
  const { url } = subject;
  const about = {
    ...{ type: 'preview', id: 'preview', title: 'Preview', ...subject },
    url: typeof url === 'string' ? webAddress(url) : null,
  };
  return {
    role,
    ...readingOf(recipient, null, tenant),
    tenantLocale: tenant.locale,
    consequence: null,
    urgency: 'normal',
    context: {
      recipient: recipientSeen(recipient),
      subject: about,
      data,
      followUp: {
        status: closed ? 'resolved' : 'open',
        subject: about,
        data,
        openedAt: toRfc3339(now),
        dueAt: toRfc3339((now + TWO_DAYS_MS) as Instant),
        ...(closed ? { closedAt: toRfc3339(now), resolvedByName: named } : {}),
        stage: role,
        reason: 'stage_due',
        urgency: 'normal',
        reminders: 0,
        forAssignee: true,
        assigneeName: named,
        requesterName: named,
        lastReminder: role === 'final',
        policyTitle: 'Preview',
        zone: tenant.zone ?? recipient.timeZone ?? DEFAULT_ZONE,
      },
      activity: { last: {}, count: {}, lastResponse: null },
      pending: [],
      actions: closed ? {} : actions,
      links,
      tenant: tenantSeen(tenant),
      now: toRfc3339(now),
    },
  };
}
