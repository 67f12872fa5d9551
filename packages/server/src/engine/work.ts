// What a step is asked to do and what came of it. Deciding is step.ts, writing step-write.ts.
import type { FollowUp, Input, MessageDraft, Step, TimelineEntry } from '@relance/core';

export type Work =
  | {
      readonly kind: 'move';
      readonly followUp: FollowUp;
      readonly inputs: readonly Input[];
      /** Lines that belong before the decision's own. */
      readonly news?: readonly TimelineEntry[];
      /** Messages to members of a large group, which an earlier decision told. */
      readonly messages?: readonly MessageDraft[];
      /** Something of it has come to wait for an hour, for which other things may wait. */
      readonly held?: boolean;
    }
  | {
      readonly kind: 'open';
      readonly followUp: FollowUp;
      readonly opened: Omit<TimelineEntry, 'at'>;
      readonly inputs: readonly Input[];
      /** The closed row that is opened again. */
      readonly reopens?: FollowUp;
    };

export interface Done {
  readonly work: Work;
  readonly step: Step;
}
/** A row that cannot be decided: it is left as it was, and the caller parks it. */
export interface Failed {
  readonly work: Work;
  readonly error: unknown;
}

export interface StepResult {
  readonly done: readonly Done[];
  readonly failed: readonly Failed[];
}

/** A follow-up that has no row yet. */
export const isNew = (work: Work): boolean => work.kind === 'open' && work.reopens === undefined;
/** Its row before the step. */
export const beforeOf = (work: Work): FollowUp =>
  work.kind === 'open' ? (work.reopens ?? work.followUp) : work.followUp;
