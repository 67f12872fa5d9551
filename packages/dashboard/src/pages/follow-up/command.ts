// Every command of a follow-up: what it is called, when it makes sense, and what it asks for. The server says what it allows; what is
// not offered here could only be refused.
import type { CommandName, FollowUp } from '@relance/client';
import { type Schema, type Typed, typedOf, valuesOf } from '../../schema-fields.tsx';
import type { IconName } from '../../shell/icon.tsx';
import { isLive } from './standing.tsx';

/** `moment`: a time; `person`: a recipient; the others are words. */
export type FieldKind = 'moment' | 'person' | 'words' | 'line' | 'why';

export interface Field {
  readonly name: 'until' | 'by' | 'to' | 'dueAt' | 'outcome' | 'comment' | 'reason';
  readonly kind: FieldKind;
  readonly label: string;
  readonly required: boolean;
}

export interface OfferedCommand {
  readonly name: CommandName;
  readonly label: string;
  /** What it does, in a sentence. */
  readonly says: string;
  readonly icon: IconName;
  readonly fields: readonly Field[];
  /** What an answer of the policy's own must look like. */
  readonly answer?: Schema;
  readonly offered: (followUp: FollowUp) => boolean;
}

export const COMMENT: Field = { name: 'comment', kind: 'words', label: 'Comment', required: false };
const live = ({ status }: FollowUp): boolean => isLive(status);

type Pause = 'claim' | 'commitment' | 'snooze' | 'acknowledgement';

/** What holds it, as whoever looks would call it; the command that ends it is the same for all. */
function pauseOf({ status, claim, commitment, snoozedUntil }: FollowUp): Pause | null {
  if (!isLive(status)) return null;
  if (claim !== null) return 'claim';
  if (commitment !== null) return 'commitment';
  if (snoozedUntil !== null) return 'snooze';
  return status === 'acknowledged' ? 'acknowledgement' : null;
}

const PAUSE_ENDS: readonly (readonly [Pause, string, string])[] = [
  ['claim', 'It is not done', 'What was said is withdrawn: it goes on as if nobody had said that it is done.'],
  ['commitment', 'Withdraw the promise', 'Nobody has it any more: it goes on as if nothing had been promised.'],
  ['snooze', 'End the snooze', 'Nobody has it any more: it goes on now, as if it had not been snoozed.'],
  [
    'acknowledgement',
    'Withdraw the acknowledgement',
    'Nobody has it any more: it goes on as if nobody had acknowledged it.',
  ],
];

export const COMMANDS: readonly OfferedCommand[] = [
  {
    name: 'acknowledge',
    label: 'Acknowledge',
    says: 'Somebody has it: reminders and escalations pause as the policy says.',
    icon: 'hand',
    fields: [COMMENT],
    offered: ({ status }) => status === 'open',
  },
  {
    name: 'resolve',
    label: 'Resolve',
    says: 'It is done: nothing but the closing message is sent from now on.',
    icon: 'check',
    fields: [{ name: 'outcome', kind: 'line', label: 'Outcome', required: false }, COMMENT],
    offered: (followUp) => live(followUp) || followUp.status === 'expired',
  },
  {
    name: 'snooze',
    label: 'Snooze',
    says: 'Nothing is sent until then; the policy says for how long at most.',
    icon: 'clock',
    fields: [{ name: 'until', kind: 'moment', label: 'Until', required: true }, COMMENT],
    offered: live,
  },
  ...PAUSE_ENDS.map(
    ([kind, label, says]): OfferedCommand => ({
      name: 'unacknowledge',
      label,
      says,
      icon: 'hand',
      fields: [COMMENT],
      offered: (followUp) => pauseOf(followUp) === kind,
    }),
  ),
  {
    name: 'commit',
    label: 'Promise a day',
    says: 'It will be done by then; a missed promise goes on with the next stage.',
    icon: 'clock',
    fields: [{ name: 'by', kind: 'moment', label: 'Done by', required: true }, COMMENT],
    offered: live,
  },
  {
    name: 'delegate',
    label: 'Delegate',
    says: 'Somebody else is asked, at the same times, and told now; whoever gave it away watches.',
    icon: 'user',
    fields: [{ name: 'to', kind: 'person', label: 'To', required: true }, COMMENT],
    offered: live,
  },
  {
    name: 'reassign',
    label: 'Reassign',
    says: 'Somebody else is asked from now on; what was queued for the old plan is taken back.',
    icon: 'user',
    fields: [{ name: 'to', kind: 'person', label: 'To', required: true }, COMMENT],
    offered: live,
  },
  {
    name: 'decline',
    label: 'Pass it on',
    says: 'It goes to their manager, else to the fallback of the policy.',
    icon: 'arrow',
    fields: [{ name: 'reason', kind: 'why', label: 'Why', required: true }, COMMENT],
    offered: live,
  },
  {
    name: 'escalate',
    label: 'Escalate now',
    says: 'The next escalation of the policy happens now.',
    icon: 'up',
    fields: [COMMENT],
    offered: live,
  },
  {
    name: 'reschedule',
    label: 'Change the due date',
    says: 'Stages that count from it move along. Empty: there is none.',
    icon: 'clock',
    fields: [{ name: 'dueAt', kind: 'moment', label: 'Due', required: false }, COMMENT],
    offered: live,
  },
  {
    name: 'note',
    label: 'Write a note',
    says: 'Kept in the timeline; nobody is told.',
    icon: 'chat',
    fields: [{ ...COMMENT, label: 'Note', required: true }],
    offered: () => true,
  },
  {
    name: 'cancel',
    label: 'Cancel',
    says: 'It is not needed any more: nothing but the closing message is sent.',
    icon: 'stop',
    fields: [COMMENT],
    offered: live,
  },
  {
    name: 'reopen',
    label: 'Reopen',
    says: 'It begins anew with its first stage, under the same key.',
    icon: 'plus',
    fields: [],
    offered: (followUp) => !live(followUp),
  },
];

/** What a body of a command must hold, from what was typed: nothing where a field was left empty. */
export function bodyOf(
  fields: readonly Field[],
  typed: Readonly<Record<string, string>>,
  momentOf: (local: string) => string | null,
): Readonly<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const { name, kind } of fields) {
    const text = (typed[name] ?? '').trim();
    if (text === '') {
      if (name === 'dueAt') body.dueAt = null;
    } else if (kind === 'moment') body[name] = momentOf(text);
    else body[name] = text;
  }
  return body;
}

const WHOLE = 'answer';
/** What may ask for, or allow, values that are not among the properties. */
const BESIDE = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas', 'dependentRequired'];

/** Whether its properties are all that an answer of it can need. */
const isFlat = (schema: Schema): boolean =>
  schema.properties !== undefined &&
  (schema.required ?? []).every((name) => Object.hasOwn(schema.properties ?? {}, name)) &&
  typeof (schema.additionalProperties ?? false) === 'boolean' &&
  !BESIDE.some((keyword) => keyword in schema);

/** As a field. A yes or no is chosen: one that nobody looked at is no "no". What stands in it at first (`answerTyped`) is typed there. */
function asked({ default: _, ...schema }: Schema): Schema {
  return schema.type === 'boolean' && schema.enum === undefined ? { ...schema, enum: [true, false] } : schema;
}

/** As fields: what is no object, or needs more than its properties, is the only one. */
export const answerFields = (schema: Schema): Schema =>
  isFlat(schema)
    ? {
        properties: Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, one]) => [name, asked(one)]),
        ),
        required: schema.required ?? [],
      }
    : { properties: { [WHOLE]: asked(schema) }, required: [WHOLE] };

/** What is typed before anybody types: the defaults, which only this fills in. */
export function answerTyped(schema: Schema): Typed {
  const properties = isFlat(schema) ? (schema.properties ?? {}) : { [WHOLE]: schema };
  const usual = Object.entries(properties).filter(([, one]) => one.default !== undefined);
  return typedOf(answerFields(schema), Object.fromEntries(usual.map(([name, one]) => [name, one.default])));
}

export function answerOf(schema: Schema, typed: Typed): unknown {
  const values = valuesOf(answerFields(schema), typed);
  return isFlat(schema) ? values : values[WHOLE];
}

/** What the server found wrong with an answer, by its fields; what is wrong inside one is said with its place there. */
export function answerProblems(
  schema: Schema,
  problems: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const found = Object.keys(answerFields(schema).properties ?? {}).flatMap((name) => {
    const field = isFlat(schema) ? `${WHOLE}.${name}` : WHOLE;
    const problem = [...problems].find(([path]) => path === field || path.startsWith(`${field}.`));
    if (problem === undefined) return [];
    const [path, says] = problem;
    return [[name, path === field ? says : `${path.slice(field.length + 1)}: ${says}`]];
  });
  return Object.fromEntries(found);
}
