// Who stands in, in a simulation, for people whom the directory does not know: invented ones who can be reached on every
// channel, with managers as far up as the policy asks. Where there is no directory at all, groups and schedules as well.
import { dateOf } from './day.ts';
import { DAY_MS, type Instant } from './instant.ts';
import type { RecipientInput } from './opening-people.ts';
import type { Policy } from './policy/policy.ts';
import { readPreferredPlan } from './preferred-plan.ts';
import { blankRecipient, type Directory, type Recipient } from './recipient.ts';
import { compileSchedule, peopleFrom } from './schedule.ts';

export interface StandIns {
  readonly directory: Directory;
  /** Ids of the people, groups and schedules that are invented. */
  readonly invented: readonly string[];
}

export interface StandInOptions {
  readonly policy: Policy;
  /** Those who are, or may become, the assignee: their managers may be asked for. */
  readonly asked: readonly string[];
  /** Everybody else who is named: by the event, the policy, and what is to happen. */
  readonly people: readonly string[];
  /** Of the policy, and of the event where that names its team. */
  readonly groups: readonly string[];
  readonly zone: string | null;
  readonly at: Instant;
  /** There is no directory to ask, so groups and schedules are invented like people. */
  readonly alone: boolean;
  /** Somebody passes it on, which asks for a manager whatever the policy does. */
  readonly declines: boolean;
}

const inventedPerson = (id: string, manager: string | null, zone: string | null): Recipient => ({
  ...blankRecipient(id),
  name: id,
  email: `${id.replace(/[^A-Za-z0-9.-]/g, '-')}@example.com`,
  phone: '+33600000000',
  timeZone: zone,
  manager,
  endpoints: (['push', 'chat', 'webhook'] as const).map((channel) => ({ channel, address: `${channel}/${id}` })),
});

export function standIn(directory: Directory, options: StandInOptions): StandIns {
  const { policy, zone, at } = options;
  const recipients = new Map(directory.recipients);
  const groups = new Map(directory.groups);
  const schedules = new Map(directory.schedules);
  const invented: string[] = [];
  const levels = Math.max(policy.needs.managerLevels, options.declines ? 1 : 0);
  const person = (id: string, above: number): void => {
    if (recipients.has(id)) return;
    const manager = above > 0 ? `${id}.manager` : null;
    recipients.set(id, inventedPerson(id, manager, zone));
    invented.push(id);
    if (manager !== null) person(manager, above - 1);
  };
  if (options.alone) {
    for (const id of options.groups.filter((one) => !groups.has(one))) {
      groups.set(id, { id, name: id, members: [`${id}.member`], size: 1 });
      invented.push(id);
    }
    for (const id of new Set(policy.needs.schedules.map((one) => one.id))) {
      if (schedules.has(id)) continue;
      const asked = policy.needs.schedules.filter((one) => one.id === id).map(({ level }) => level);
      schedules.set(id, inventedSchedule(id, asked, zone, at));
      invented.push(id);
    }
  }
  for (const id of options.asked) person(id, levels);
  for (const id of options.people) person(id, 0);
  for (const id of options.groups) for (const member of groups.get(id)?.members ?? []) person(member, 0);
  for (const { id, level } of policy.needs.schedules) {
    const schedule = schedules.get(id);
    if (schedule !== undefined)
      for (const one of peopleFrom(schedule, at, level)) person(one, policy.assigneeTarget === null ? 0 : levels);
  }
  // A manager whom a known person names, and nobody knows.
  if (levels > 0) for (const { manager } of [...recipients.values()]) if (manager !== null) person(manager, levels - 1);
  return { directory: { ...directory, recipients, groups, schedules }, invented };
}

/** One invented person a level, around the clock. */
function inventedSchedule(id: string, levels: readonly number[], zone: string | null, at: Instant) {
  const layers = [...new Set(levels)].map((level) => ({
    level,
    rotation: {
      every: '1 week',
      handover: { at: '09:00' },
      start: dateOf(Math.floor(at / DAY_MS) - 7),
      members: [level === 1 ? `${id}.on-call` : `${id}.on-call-${level}`],
    },
  }));
  return compileSchedule({ id, timeZone: zone ?? 'UTC', layers, overrides: [] });
}

/** Somebody whom the event brings along: known with what it says, over what was known before. */
export function withBrought(directory: Directory, brought: RecipientInput): Directory {
  const { id, plan, ...fields } = brought as RecipientInput & { readonly plan?: Record<string, unknown> };
  const before = directory.recipients.get(id) ?? {
    ...inventedPerson(id, null, null),
    name: null,
    email: null,
    phone: null,
    endpoints: [],
  };
  const own =
    plan === undefined
      ? {}
      : { plan: { normal: readPreferredPlan(plan.normal), urgent: readPreferredPlan(plan.urgent) } };
  return {
    ...directory,
    recipients: new Map(directory.recipients).set(id, { ...before, ...fields, ...own, id } as Recipient),
  };
}
