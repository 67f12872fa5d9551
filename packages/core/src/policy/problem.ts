// What can be wrong with a written policy: a closed list of codes. A problem names the place and the next step; the
// checker, publication and `relance check` show the same ones.

export const PROBLEM_CODES = {
  policy_not_readable: 'the text is not YAML or JSON, or is larger or deeper than a policy may be',
  policy_key_unknown: 'the key is not one of POLICY.md',
  policy_key_missing: 'a required key is missing',
  policy_key_not_built: 'the key or form is valid, but not built yet',
  policy_value_invalid: 'the value is not of the kind that the key takes',
  policy_duration_invalid: 'the text is not a duration',
  policy_offset_invalid: 'the text is not an offset',
  policy_hours_invalid: 'the text is not a window or quiet hours',
  policy_never_opens: 'the window is never open outside the quiet hours',
  policy_target_invalid: 'the text is not a target',
  policy_condition_invalid:
    'the text is not a CEL expression, uses an unknown name, or can never give what its place wants',
  policy_text_invalid: 'the text is not a Liquid text',
  policy_assignee_invalid: 'there must be exactly one of assignee and assignees',
  policy_action_invalid: 'the action has an id that is taken, or an answer that is not JSON Schema',
  policy_stage_duplicate: 'two stages have one id',
  policy_stage_reserved: 'the id of the stage is an anchor or a word of its own',
  policy_anchor_unknown: 'the offset names a stage that there is not',
  policy_anchor_cycle: 'stages wait for each other in a circle',
  policy_anchor_before: 'the stage runs before something that cannot be known ahead',
  policy_due_missing: 'stages count from a due date that no expression gives',
  policy_plan_invalid: 'the contact plan cannot work in this order',
  policy_repeat_invalid: 'the repetition says when it stops in two places, or is of a stage that events run',
  policy_fallback_missing: 'an escalation may find nobody and there is no fallback',
  policy_fallback_invalid: 'the fallback may itself be empty',
  policy_target_empty: 'the target can never have anybody',
  policy_evidence_weak: 'an open or a click that may be a machine’s is taken for an answer',
  policy_no_effect: 'the key is written, but does nothing here',
  policy_stage_unreachable: 'the stage can never run',
  policy_uncovered_hour: 'there is an hour in which an escalation reaches nobody',
  policy_messages_exceeded: 'somebody may get more messages a day than are allowed',
  policy_words_missing: 'a template has no words for a channel or a language that it is sent in',
  policy_words_unknown: 'a template or a consequence reads what is never there, or what no example shows',
  policy_group_unknown: 'the policy names a group that there is not',
  policy_resolver_unknown: 'the policy names a resolver that there is not',
  policy_schedule_unknown: 'the policy names a schedule that there is not',
  policy_calendar_unknown: 'the policy names a calendar, or a place with holidays, that there is not',
  policy_template_unknown: 'the policy names a template that there is not',
  policy_recipient_unknown: 'the policy names a person who is not known yet',
  policy_problems_left_out: 'there are more problems than are told at once',
} as const;
export type ProblemCode = keyof typeof PROBLEM_CODES;

export interface Problem {
  readonly code: ProblemCode;
  /** Where in the policy: `stages[2].at`; empty for the whole of it. */
  readonly path: string;
  /** One sentence with the next step. */
  readonly message: string;
  /** 0-based character of the value at `path`, for the three grammars and CEL. */
  readonly at?: number;
  /** 1-based line and column of the YAML text, where there is one. */
  readonly line?: number;
  readonly column?: number;
  readonly severity: 'error' | 'warning';
}

export type Path = readonly (string | number)[];

/** `stages[2].notify.via[0]`. */
export const formatPath = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

/** More than anybody reads before correcting the first ones. */
export const PROBLEMS_MAX = 100;

/** Collects the problems of one policy, so that all are shown at once; of very many the first. */
export class Problems {
  readonly #told: Problem[] = [];
  readonly #seen = new Set<string>();
  #leftOut: Problem['severity'] | null = null;
  #failed = false;

  error(code: ProblemCode, path: Path, message: string, at?: number): void {
    this.#failed = true;
    this.#add('error', code, path, message, at);
  }

  warning(code: ProblemCode, path: Path, message: string): void {
    this.#add('warning', code, path, message, undefined);
  }

  #add(severity: Problem['severity'], code: ProblemCode, path: Path, message: string, at: number | undefined): void {
    const problem: Problem = { code, path: formatPath(path), message, severity, ...(at === undefined ? {} : { at }) };
    // A value used twice (a default, a shared key) is one problem.
    const name = [code, problem.path, message].join('\n');
    if (this.#seen.has(name)) return;
    if (this.isFull) {
      this.#leftOut = severity === 'error' ? 'error' : (this.#leftOut ?? severity);
      return;
    }
    this.#seen.add(name);
    this.#told.push(problem);
  }

  get all(): readonly Problem[] {
    return this.#leftOut === null ? this.#told : [...this.#told, leftOut(this.#leftOut)];
  }

  /** What comes now is told as left out. */
  get isFull(): boolean {
    return this.#told.length >= PROBLEMS_MAX;
  }

  get failed(): boolean {
    return this.#failed;
  }
}

const leftOut = (severity: Problem['severity']): Problem => ({
  code: 'policy_problems_left_out',
  path: '',
  message: `There are more problems than these ${PROBLEMS_MAX}; correct them, and check it again for the others.`,
  severity,
});
