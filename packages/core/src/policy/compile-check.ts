// What the parts of a policy mean to each other: stages that wait for stages, escalations that may find nobody, due
// dates that nobody gives. Each check is one small function over the compiled policy; all of them run.

import { DEFAULT_ZONE } from '../recipient.ts';
import { neverOpens } from '../send-window.ts';
import { fieldUses } from './cel-field-use.ts';
import { isEventStage, type Policy, type Stage, type Target } from './policy.ts';
import type { Problems } from './problem.ts';
import { formatTarget } from './target.ts';

export function checkTogether(policy: Policy, problems: Problems): void {
  checkDuplicates(policy, problems);
  checkAnchors(policy, problems);
  checkCycles(policy, problems);
  checkFallback(policy, problems);
  checkTargets(policy, problems);
  checkClosing(policy, problems);
  checkEffects(policy, problems);
  checkEvidence(policy, problems);
  checkHours(policy, problems);
}

function checkDuplicates({ stages }: Policy, problems: Problems): void {
  const first = new Map<string, number>();
  for (const stage of stages) {
    const earlier = first.get(stage.id);
    if (earlier === undefined) first.set(stage.id, stage.index);
    else
      problems.error(
        'policy_stage_duplicate',
        ['stages', stage.index, 'id'],
        `"${stage.id}" is already the id of stages[${earlier}]; give this stage another one.`,
      );
  }
}

function checkAnchors({ stages, due }: Policy, problems: Problems): void {
  for (const stage of stages) {
    const { anchor, sign, duration } = stage.at;
    const path = ['stages', stage.index, 'at'];
    if (anchor.kind === 'due' && due === null) {
      problems.warning(
        'policy_due_missing',
        path,
        `Stage "${stage.id}" counts from the due date, but the policy has no \`due\`; add it, or the stage waits until a command sets one.`,
      );
    }
    if (
      sign === -1 &&
      (anchor.kind === 'opened' || anchor.kind === 'acknowledged') &&
      !(duration.kind === 'exact' && duration.ms === 0)
    ) {
      problems.error(
        'policy_anchor_before',
        path,
        `Stage "${stage.id}" would run before "${anchor.kind}", which is not known ahead; count forward with +.`,
      );
    }
    if (anchor.kind !== 'stage') continue;
    const other = stages.find((one) => one.id === anchor.stage);
    if (other === undefined) {
      problems.error(
        'policy_anchor_unknown',
        path,
        `There is no stage "${anchor.stage}" to count from; write opened, due, acknowledged, commitment, data.<field> or one of the stages ${stages.map((one) => one.id).join(', ')}.`,
      );
    } else if (sign === -1 && isEventStage(other)) {
      problems.error(
        'policy_anchor_before',
        path,
        `Stage "${stage.id}" would run before "${other.id}", which an event runs, so nothing knows ahead; count forward with +.`,
      );
    }
  }
}

function checkCycles({ stages }: Policy, problems: Problems): void {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const next = (stage: Stage): Stage | undefined =>
    stage.at.anchor.kind === 'stage' ? byId.get(stage.at.anchor.stage) : undefined;
  for (const stage of stages) {
    const way = [stage.id];
    let at = next(stage);
    while (at !== undefined && at.id !== stage.id && !way.includes(at.id)) {
      way.push(at.id);
      at = next(at);
    }
    if (at?.id === stage.id) {
      problems.error(
        'policy_anchor_cycle',
        ['stages', stage.index, 'at'],
        `Stages wait for each other: ${[...way, stage.id].join(' → ')}; let one of them count from opened or due.`,
      );
    }
  }
}

/** Promise 8: someone is always reached. A group or schedule may still have nobody at run time, which raises an alarm then. */
function checkFallback({ stages, fallback, assigneeTarget }: Policy, problems: Problems): void {
  if (fallback !== null && !['group', 'recipient', 'onCall'].includes(fallback.kind)) {
    problems.error(
      'policy_fallback_invalid',
      ['fallback'],
      `The fallback "${formatTarget(fallback)}" may itself be empty; name a group(id), onCall(schedule) or recipient(id).`,
    );
  }
  if (fallback !== null) return;
  if (assigneeTarget !== null)
    problems.warning(
      'policy_fallback_missing',
      ['assignee', 'target'],
      `"${formatTarget(assigneeTarget)}" may be nobody and the policy has no \`fallback\`; add one, or what opens then waits for somebody to be assigned.`,
    );
  for (const stage of stages) {
    const open = stage.escalate?.to.find((target) => target.kind !== 'recipient');
    if (open === undefined) continue;
    problems.error(
      'policy_fallback_missing',
      ['stages', stage.index, 'escalate', 'to'],
      `"${formatTarget(open)}" may be nobody and the policy has no \`fallback\`; add one, as in \`fallback: group(id)\` or \`fallback: recipient(id)\`.`,
    );
  }
}

function checkTargets(policy: Policy, problems: Problems): void {
  const missing: Partial<Record<Target['kind'], string>> = {
    ...(policy.requester === null ? { requester: 'requester' } : {}),
    ...(policy.team === null ? { team: 'team' } : {}),
    ...(policy.stages.some((stage) => stage.escalate !== null) ? {} : { escalated: 'stage with `escalate`' }),
  };
  for (const stage of policy.stages) {
    const all = [...stage.notify.flatMap((notify) => notify.to), ...(stage.escalate?.to ?? [])];
    for (const kind of new Set(all.map((target) => target.kind))) {
      const what = missing[kind];
      if (what === undefined) continue;
      problems.warning(
        'policy_target_empty',
        ['stages', stage.index],
        `Stage "${stage.id}" speaks to "${kind}", but the policy has no ${what}; add it, or name somebody else.`,
      );
    }
  }
}

/** A confirmation leaves at once: there is no time to ask. */
function checkClosing({ closing }: Policy, problems: Problems): void {
  for (const [status, notifies] of Object.entries(closing))
    for (const target of notifies.flatMap(({ to }) => to))
      if (target.kind === 'resolver')
        problems.error(
          'policy_target_invalid',
          [status, 'notify'],
          `A confirmation leaves at once, and "${formatTarget(target)}" would have to be asked first; name somebody who is known, such as assignee, team or notified.`,
        );
}

/** Proxies open mails and scanners follow links: neither may keep an escalation back, and no reminder without a word. */
function checkEvidence({ stages }: Policy, problems: Problems): void {
  for (const { id, index, when, escalate } of stages) {
    if (when === null) continue;
    const weak = fieldUses(when.source, false)
      .map(({ path }) => path)
      .find(([name, kind = '', evidence]) => name === 'engagement' && SEEN.includes(kind) && evidence !== 'proven');
    if (weak === undefined) continue;
    const [, kind] = weak;
    const says = `\`${weak.join('.')}\` may be a machine, or somebody who only looked`;
    const path = ['stages', index, 'when'];
    if (escalate !== null)
      problems.error(
        'policy_evidence_weak',
        path,
        `Stage "${id}" escalates, and ${says}; ask for an answer (\`engagement.acted.proven\`), or for \`engagement.${kind}.proven\`.`,
      );
    else
      problems.warning(
        'policy_evidence_weak',
        path,
        `Stage "${id}" depends on an open or a click, and ${says}; where it matters, ask for \`engagement.acted.proven\`.`,
      );
  }
}
const SEEN: readonly string[] = ['opened', 'clicked'];

function checkEffects({ clauses, stages }: Policy, problems: Problems): void {
  const counts = new Map<string, number>();
  const several = new Set(
    clauses.flatMap(({ role }, index) => (clauses.findIndex((one) => one.role === role) === index ? [] : [role])),
  );
  for (const clause of clauses) {
    if (clause.stage !== null) continue;
    const index = counts.get(clause.role) ?? 0;
    counts.set(clause.role, index + 1);
    if (clause.outcome === null || clause.role === 'resolve' || clause.role === 'cancel') continue;
    problems.warning(
      'policy_no_effect',
      several.has(clause.role) ? [clause.role, index, 'outcome'] : [clause.role, 'outcome'],
      `An \`${clause.role}\` event closes nothing, so its outcome has no effect; remove it.`,
    );
  }
  for (const stage of stages) {
    if (stage.repeat?.times === 1)
      problems.warning(
        'policy_no_effect',
        ['stages', stage.index, 'repeat'],
        `Stage "${stage.id}" repeats once in all, which is no repetition; raise \`times\` or remove \`repeat\`.`,
      );
  }
}

/** A window that never opens holds for ever; hours of what passes them hold nothing. */
function checkHours({ stages, urgency, calendar }: Policy, problems: Problems): void {
  for (const stage of stages) {
    const { hours } = stage;
    if (hours === null) continue;
    const key = hours.window === null ? 'quietHours' : 'window';
    const path = ['stages', stage.index, key];
    if (neverOpens({ ...hours, calendar, zone: calendar?.zone ?? DEFAULT_ZONE }))
      problems.error(
        'policy_never_opens',
        path,
        `Stage "${stage.id}" could never be sent: its window is never open outside its quiet hours; change one of them.`,
      );
    const why =
      (stage.urgency ?? urgency) === 'urgent'
        ? 'what is urgent passes them'
        : stage.notify.every(({ via }) => via !== 'preferred' && via.every(({ channel }) => channel === 'inbox'))
          ? 'the inbox ignores them'
          : null;
    if (why === null) continue;
    problems.warning('policy_no_effect', path, `The hours of stage "${stage.id}" hold nothing: ${why}; remove them.`);
  }
}
