// Messages of a follow-up that no stage of its policy sends: alarms to operators, the team's answer to somebody who replied, what
// the team is told of a reply that only people can read, and a fresh link for whoever asked for one. Their words are fixed when they
// are queued. What becomes of one moves no contact plan, tells no stage and raises no alarm. No stage of a policy can have such an id.

export const ALARM_STAGE = '@alarm';
/** The team's words to somebody who has replied. */
export const REPLY_ANSWER_STAGE = '@reply-answer';
/** What the team is told of a reply. */
export const REPLY_TOLD_STAGE = '@reply';

/** A link in the place of an old one. */
export const LINK_STAGE = '@link';

export const isAside = (stage: string): boolean => stage.startsWith('@');

/** They are of no category: about the work of whoever gets them, or asked for by them. Nobody is taken off them. */
export const ABOUT_WORK: readonly string[] = [ALARM_STAGE, REPLY_TOLD_STAGE, LINK_STAGE];
