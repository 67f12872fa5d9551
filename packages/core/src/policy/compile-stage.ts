// One stage, one notify and one contact plan from their written to their compiled form. What stages mean to each other
// (anchors, circles, fallback) is checked in compile-check.ts.
import { parseSendSpan, type SendHours, type SendSpan } from '../send-window.ts';
import { parseMistakes } from '../template/check.ts';
import { readCondition, readDurationText, readPositiveDuration, readTargets } from './compile-text.ts';
import { parseOffset, STAGE_ID } from './offset.ts';
import type { Anchor, Channel, ContactPlan, Notify, Offset, PlanEntry, Stage, StageRole, Target } from './policy.ts';
import type { Path, Problems } from './problem.ts';
import type { WrittenClosing, WrittenNotify, WrittenStage } from './schema-stage.ts';

/** Anchors, and the names under which closing notifications appear: no stage may be called so. */
const RESERVED_IDS: readonly string[] = [
  'opened',
  'due',
  'acknowledged',
  'commitment',
  'data',
  'resolved',
  'cancelled',
  'expired',
];
const STAGE_ID_LENGTH_MAX = 64;
/** With three or more stages before any escalation the last of them reads as the last warning. */
const FINAL_FROM = 3;

const OPENED: Offset = { anchor: { kind: 'opened' }, sign: 1, duration: { kind: 'exact', ms: 0 } };

export function compileStages(written: readonly WrittenStage[], problems: Problems): readonly Stage[] {
  const roles = rolesByPlace(written);
  return written.map((stage, index) => compileStage(stage, index, roles[index] ?? 'reminder', problems));
}

/**
 * The role a stage has from its place: one with `escalate` is an escalation, one that an event runs an update; of the
 * others the first is a notice, the last of at least three a final reminder, all between reminders.
 */
function rolesByPlace(written: readonly WrittenStage[]): readonly StageRole[] {
  const isUpdate = ({ at }: WrittenStage): boolean => typeof at !== 'string';
  const plain = written.flatMap((stage, index) => (stage.escalate === undefined && !isUpdate(stage) ? [index] : []));
  const final = plain.length >= FINAL_FROM ? plain.at(-1) : undefined;
  return written.map((stage, index) => {
    if (stage.escalate !== undefined) return 'escalation';
    if (isUpdate(stage)) return 'update';
    if (index === 0 || index === plain[0]) return 'notice';
    return index === final ? 'final' : 'reminder';
  });
}

function compileStage(written: WrittenStage, index: number, place: StageRole, problems: Problems): Stage {
  const path: Path = ['stages', index];
  checkId(written.id, [...path, 'id'], problems);
  const { repeat } = written;
  if (repeat?.until !== undefined && written.until !== undefined) {
    problems.error(
      'policy_repeat_invalid',
      [...path, 'repeat', 'until'],
      `Stage "${written.id}" says \`until\` twice; remove one of them.`,
    );
  }
  if (repeat !== undefined && typeof written.at !== 'string')
    problems.error(
      'policy_repeat_invalid',
      [...path, 'repeat'],
      `Stage "${written.id}" runs once for each event, so nothing repeats it; remove \`repeat\`.`,
    );
  const escalated: Target = { kind: written.escalate === undefined ? 'assignee' : 'escalated' };
  return {
    id: written.id,
    index,
    role: written.role ?? place,
    at: compileOffset(written.at, [...path, 'at'], problems),
    when:
      written.when === undefined
        ? null
        : readCondition(written.when, { seen: 'stage', wanted: 'when' }, [...path, 'when'], problems),
    hours: compileHours(written, path, problems),
    repeat:
      repeat === undefined
        ? null
        : {
            every: readPositiveDuration(repeat.every, [...path, 'repeat', 'every'], problems),
            times: repeat.times,
            until: repeat.until ?? null,
          },
    // News goes on while somebody has it: a status update is no reminder.
    until: written.until ?? repeat?.until ?? (typeof written.at === 'string' ? 'acknowledged' : 'resolved'),
    urgency: written.urgency ?? null,
    consequence: compileConsequence(written, path, problems),
    notify: compileNotifies(written.notify ?? { via: 'preferred' }, [escalated], [...path, 'notify'], problems),
    escalate:
      written.escalate === undefined
        ? null
        : {
            to: readTargets(written.escalate.to, [...path, 'escalate', 'to'], problems),
            mode: written.escalate.mode,
            raise: written.escalate.raise ?? null,
          },
  };
}

function compileHours({ window, quietHours }: WrittenStage, path: Path, problems: Problems): SendHours | null {
  const read = (key: string, written: string | undefined): SendSpan | null => {
    if (written === undefined) return null;
    const span = parseSendSpan(written);
    if (span.ok) return span.value;
    problems.error('policy_hours_invalid', [...path, key], `In \`${key}: ${written}\` ${span.message}.`, span.at);
    return null;
  };
  if (window === undefined && quietHours === undefined) return null;
  return { window: read('window', window), quietHours: read('quietHours', quietHours) };
}

/** Whether its names and filters come out right is asked when it is published (check.ts): versions of before stay readable. */
function compileConsequence({ consequence }: WrittenStage, path: Path, problems: Problems): string | null {
  if (consequence === undefined) return null;
  for (const message of parseMistakes(consequence, 'plain')) {
    problems.error('policy_text_invalid', [...path, 'consequence'], `The consequence cannot be read: ${message}`);
  }
  return consequence;
}

function checkId(id: string, path: Path, problems: Problems): void {
  if (!STAGE_ID.test(id) || id.length > STAGE_ID_LENGTH_MAX) {
    problems.error(
      'policy_value_invalid',
      path,
      `The stage id "${id}" must be a letter followed by letters, digits, _ and -, at most ${STAGE_ID_LENGTH_MAX} characters; rename it.`,
    );
  } else if (RESERVED_IDS.includes(id) || id in {}) {
    problems.error('policy_stage_reserved', path, `"${id}" has a meaning of its own; give the stage another id.`);
  }
}

function compileOffset(written: WrittenStage['at'], path: Path, problems: Problems): Offset {
  if (typeof written !== 'string') return { ...OPENED, anchor: eventAnchor(written, path, problems) };
  const result = parseOffset(written);
  if (!result.ok) {
    problems.error('policy_offset_invalid', path, `In the offset "${written}" ${result.message}.`, result.at);
    return OPENED;
  }
  return result.value;
}

const FIELD = /^data(\.[A-Za-z_][A-Za-z0-9_]*)+$/;

function eventAnchor(written: Exclude<WrittenStage['at'], string>, path: Path, problems: Problems): Anchor {
  if (!('changed' in written)) return { kind: 'event' };
  const field = written.changed.trim();
  if (!FIELD.test(field))
    problems.error(
      'policy_value_invalid',
      [...path, 'changed'],
      `"${written.changed}" is not a field of the data; write data. and its name, as in data.status.`,
    );
  return { kind: 'changed', field: field.split('.').slice(1) };
}

export function compileNotifies(
  written: WrittenNotify | readonly WrittenNotify[],
  to: readonly Target[],
  path: Path,
  problems: Problems,
): readonly Notify[] {
  if (isList(written)) return written.map((one, index) => compileNotify(one, to, [...path, index], problems));
  return [compileNotify(written, to, path, problems)];
}

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

const compileNotify = (written: WrittenNotify, to: readonly Target[], path: Path, problems: Problems): Notify => ({
  to: written.to === undefined ? to : readTargets(written.to, [...path, 'to'], problems),
  template: written.template ?? null,
  via: compilePlan(written.via, [...path, 'via'], problems),
});

function compilePlan(written: WrittenNotify['via'], path: Path, problems: Problems): ContactPlan {
  if (written === 'preferred') return 'preferred';
  const entries = typeof written === 'string' ? [written] : written;
  return entries.map((entry, index): PlanEntry => {
    if (typeof entry === 'string') return atOnce(entry);
    const own: Path = [...path, index];
    if (entry.after !== undefined && entry.else)
      problems.error('policy_plan_invalid', own, 'An entry has both `after` and `else`; keep one of them.');
    if (index === 0 && (entry.after !== undefined || entry.else)) {
      problems.error(
        'policy_plan_invalid',
        own,
        'The first entry has nothing before it to wait for; remove its `after` or `else`.',
      );
    }
    return {
      channel: entry.channel,
      after: entry.after === undefined ? null : readDurationText(entry.after, [...own, 'after'], problems),
      else: entry.else,
    };
  });
}

const atOnce = (channel: Channel): PlanEntry => ({ channel, after: null, else: false });

const CONFIRMED: readonly Target[] = [{ kind: 'assignee' }, { kind: 'requester' }, { kind: 'team' }];
const NOBODY: readonly Notify[] = [];

/** Closing notifications: `resolved` has a built-in one to assignee, requester and team; the others say nothing unless asked. */
export function compileClosing(
  written: WrittenClosing | undefined,
  status: 'resolved' | 'cancelled' | 'expired',
  problems: Problems,
): readonly Notify[] {
  if (written === undefined)
    return status === 'resolved' ? [{ to: CONFIRMED, template: null, via: 'preferred', tellsEnder: true }] : NOBODY;
  if (written === 'none' || written.notify === 'none') return NOBODY;
  return compileNotifies(written.notify, [{ kind: 'assignee' }], [status, 'notify'], problems);
}
