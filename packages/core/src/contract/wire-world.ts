// Whom a policy may come to, on the wire: a directory as JSON and back, so that a page plays a policy among the people of its tenant
// without a server. Schedules travel as they are written and are compiled where they are read. What somebody does not want or
// must not get travels along; what they did and what else waits for them does not.
import type { Consent } from '../consent.ts';
import type { Directory, Recipient } from '../recipient.ts';
import { compileSchedule } from '../schedule.ts';
import { scheduleSchema, type WrittenSchedule } from '../schedule-schema.ts';

interface WireConsent {
  readonly suppressed: readonly string[];
  readonly choices: readonly (readonly [string, boolean])[];
  readonly essential: readonly string[];
}
export interface WireDirectory {
  readonly recipients: readonly Recipient[];
  readonly groups: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly members: readonly string[];
    readonly size: number;
  }[];
  readonly schedules: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
  readonly tenant: Directory['tenant'] & { readonly consent?: WireConsent };
}

export function wireDirectory(
  { recipients, groups, tenant, consent }: Directory,
  schedules: ReadonlyMap<string, WrittenSchedule>,
): WireDirectory {
  const { zone, locale, alarmTo, name, quietHours = null, budget = null } = tenant;
  return {
    recipients: [...recipients.values()],
    groups: [...groups.values()].map(({ id, name: called, members, size }) => ({ id, name: called, members, size })),
    schedules: [...schedules].map(([id, body]) => ({ ...body, id })),
    tenant: {
      ...{ zone, locale, alarmTo, name, quietHours, budget },
      ...(consent === undefined ? {} : { consent: wireConsent(consent) }),
    },
  };
}

const wireConsent = ({ suppressed, choices, essential }: Consent): WireConsent => ({
  suppressed: [...suppressed],
  choices: [...choices],
  essential: [...essential],
});

export function readDirectory({ recipients, groups, schedules, tenant }: WireDirectory): Directory {
  const { consent, ...settings } = tenant;
  return {
    recipients: new Map(recipients.map((one) => [one.id, one])),
    groups: new Map(groups.map((one) => [one.id, one])),
    schedules: new Map(schedules.map((one) => [one.id, compileSchedule(scheduleSchema.parse(one))])),
    tenant: settings,
    ...(consent === undefined
      ? {}
      : {
          consent: {
            suppressed: new Set(consent.suppressed),
            choices: new Map(consent.choices),
            essential: new Set(consent.essential),
            standings: new Map(),
          },
        }),
  };
}
