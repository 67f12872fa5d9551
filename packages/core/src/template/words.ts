// The sentences of the built-in templates, by language. Liquid over what templates see; short, warm, exact. A language
// is one value of this shape; built-in.ts arranges it for every channel.

interface RoleWords {
  /** Subject and title. */
  readonly headline: string;
  /** The first sentence: what is asked, and why now. */
  readonly lead: string;
}

export interface Words {
  readonly language: string;
  readonly roles: Readonly<
    Record<'notice' | 'reminder' | 'final' | 'escalation' | 'update' | 'confirmation', RoleWords>
  >;
  readonly hello: string;
  readonly due: string;
  readonly dueShort: string;
  readonly stakes: string;
  readonly details: string;
  /** Between a label and its link. */
  readonly colon: string;
  readonly why: string;
  /** Who ended it and when, in the fewest words. */
  readonly ended: string;
  readonly otherwise: string;
}

const title = '{{ subject.title }}';

const HIGH = `urgency == 'urgent' or urgency == 'high'`;
const because = (reason: string): string => `followUp.reason == '${reason}'`;
const MINE = 'followUp.forAssignee';
const WITH_ME = `${MINE} and followUp.escalatedToMe`;
const SILENT = `${because('no_response')} and followUp.answered != true`;
const MINE_AGAIN = `${because('acknowledgement_expired')} and followUp.acknowledgedBy == recipient.id`;

/** An outcome that only says again that it is done is left out of a sentence that says so. */
const OUTCOME_SAID = `{% assign outcome = followUp.outcome | default: '' | strip %}{% assign plain = outcome | downcase %}{% if plain == 'done' or plain == 'terminé' %}{% assign outcome = '' %}{% endif %}`;

const ENGLISH_STILL = `{% if ${MINE_AGAIN} %}You said you had this, and it is still open.{% elsif ${because('acknowledgement_expired')} %}{{ followUp.acknowledgedByName | default: 'Somebody' }} had this, and it is still open.{% elsif ${because('snooze_ended')} and ${MINE} %}You asked to be reminded, and it is still open.{% elsif ${because('commitment_missed')} %}The date that was promised has passed, and this is still open.{% elsif ${MINE} and followUp.answered != true %}This is still open, and we have not heard from you yet.{% else %}This is still open.{% endif %}`;
const ENGLISH_REMINDER = `{% if ${HIGH} %}Still open: {% else %}Reminder: {% endif %}`;
const ENGLISH_SINCE = 'This has been open since {{ followUp.openedAt | local_time }}';

/**
 * Only what is so: that nobody has answered, that it is the last time, that others come next are each said where
 * run-standing.ts or the reason of the message says so, and left out where it is not known.
 */
/** Who, with what outcome, and when. */
const ENGLISH_ENDED = `{% if followUp.resolvedByName %} by {{ followUp.resolvedByName }}{% endif %}{% if outcome != '' %} ({{ outcome }}){% endif %}{% if followUp.closedAt %}, on {{ followUp.closedAt | local_time }}{% endif %}`;

export const ENGLISH: Words = {
  language: 'en',
  roles: {
    notice: {
      headline: title,
      lead: `{% if ${MINE} %}This needs your attention.{% else %}For your information: {{ followUp.assigneeName }} has been asked to act.{% endif %}`,
    },
    reminder: { headline: `${ENGLISH_REMINDER}${title}`, lead: ENGLISH_STILL },
    final: {
      headline: `{% if followUp.lastReminder %}Last reminder: {% else %}${ENGLISH_REMINDER}{% endif %}${title}`,
      lead: `${ENGLISH_STILL}{% if followUp.lastReminder and followUp.othersNext %} It is the last reminder before others are brought in.{% elsif followUp.lastReminder %} It is the last reminder.{% endif %}`,
    },
    escalation: {
      headline: `{% if ${WITH_ME} %}Now with you: {% else %}Escalated: {% endif %}${title}`,
      lead: `${ENGLISH_SINCE}{% if ${WITH_ME} %}. It is with you now.{% elsif ${MINE} %}{% if ${SILENT} %} without an answer from you, so others have been told.{% else %}, and others have been told.{% endif %} You can still act.{% elsif followUp.escalatedToMe %}{% if ${SILENT} %}, and {{ followUp.assigneeName }} has not acted{% elsif ${because('assignee_not_told')} %}, and nothing has told {{ followUp.assigneeName }} yet{% elsif ${because('assignee_unreachable')} %}, and {{ followUp.assigneeName }} cannot be reached{% endif %}. Please see that somebody acts.{% else %}, and others have been told.{% endif %}`,
    },
    update: { headline: `Update: ${title}`, lead: `There is news about this.` },
    confirmation: {
      headline: `{% if followUp.status == 'cancelled' %}Cancelled: {% elsif followUp.status == 'expired' %}Closed: {% else %}Done: {% endif %}${title}`,
      lead: `${OUTCOME_SAID}{% if followUp.status == 'cancelled' %}This was cancelled${ENGLISH_ENDED}. Nothing more is asked of you.{% elsif followUp.status == 'expired' %}This was closed because its time ran out.{% else %}This is done${ENGLISH_ENDED}. Nothing more is asked of you. Thank you.{% endif %}`,
    },
  },
  hello: `Hello{% if recipient.name %} {{ recipient.name }}{% endif %},`,
  due: `Due {{ followUp.dueAt | local_time }}.`,
  dueShort: `due {{ followUp.dueAt | local_time }}`,
  stakes: `If nobody acts: {{ consequence }}.`,
  details: 'Details',
  colon: ': ',
  why: `You get this because {% if followUp.forAssignee %}you {% if followUp.closedAt %}were{% else %}are{% endif %} asked to act on it{% else %}you are part of it{% endif %} ({{ followUp.policyTitle }}).`,
  ended: `${OUTCOME_SAID}{% if followUp.resolvedByName %}By {{ followUp.resolvedByName }}, {% endif %}{{ followUp.closedAt | local_time }}{% if outcome != '' %} ({{ outcome }}){% endif %}`,
  otherwise: 'or',
};

const FRENCH_ENDED = `{% if followUp.resolvedByName %}, par {{ followUp.resolvedByName }}{% endif %}{% if outcome != '' %} ({{ outcome }}){% endif %}{% if followUp.closedAt %}, le {{ followUp.closedAt | local_time }}{% endif %}`;
const FRENCH_STILL = `{% if ${MINE_AGAIN} %}Vous aviez pris ceci en charge, et c'est toujours en attente.{% elsif ${because('acknowledgement_expired')} %}{{ followUp.acknowledgedByName | default: "Quelqu'un" }} avait pris ceci en charge, et c'est toujours en attente.{% elsif ${because('snooze_ended')} and ${MINE} %}Vous aviez demandé un rappel, et c'est toujours en attente.{% elsif ${because('commitment_missed')} %}La date promise est passée, et c'est toujours en attente.{% elsif ${MINE} and followUp.answered != true %}Ceci est toujours en attente, et nous n'avons pas encore de réponse de votre part.{% else %}Ceci est toujours en attente.{% endif %}`;
const FRENCH_REMINDER = `{% if ${HIGH} %}Toujours en attente : {% else %}Rappel : {% endif %}`;
const FRENCH_SINCE = 'Ceci est en attente depuis le {{ followUp.openedAt | local_time }}';

export const FRENCH: Words = {
  language: 'fr',
  roles: {
    notice: {
      headline: title,
      lead: `{% if ${MINE} %}Ceci demande votre attention.{% else %}Pour information : {{ followUp.assigneeName }} a été sollicité(e).{% endif %}`,
    },
    reminder: { headline: `${FRENCH_REMINDER}${title}`, lead: FRENCH_STILL },
    final: {
      headline: `{% if followUp.lastReminder %}Dernier rappel : {% else %}${FRENCH_REMINDER}{% endif %}${title}`,
      lead: `${FRENCH_STILL}{% if followUp.lastReminder and followUp.othersNext %} C'est le dernier rappel avant que d'autres personnes soient prévenues.{% elsif followUp.lastReminder %} C'est le dernier rappel.{% endif %}`,
    },
    escalation: {
      headline: `{% if ${WITH_ME} %}À vous maintenant : {% else %}Escalade : {% endif %}${title}`,
      lead: `${FRENCH_SINCE}{% if ${WITH_ME} %}. C'est à vous maintenant.{% elsif ${MINE} %}{% if ${SILENT} %} sans réponse de votre part{% endif %} ; d'autres personnes sont prévenues. Vous pouvez encore agir.{% elsif followUp.escalatedToMe %}{% if ${SILENT} %}, et {{ followUp.assigneeName }} n'a pas donné suite{% elsif ${because('assignee_not_told')} %}, et {{ followUp.assigneeName }} n'en a pas encore été averti(e){% elsif ${because('assignee_unreachable')} %}, et {{ followUp.assigneeName }} est injoignable{% endif %}. Merci de veiller à ce que quelqu'un agisse.{% else %} ; d'autres personnes sont prévenues.{% endif %}`,
    },
    update: { headline: `Du nouveau : ${title}`, lead: `Il y a du nouveau.` },
    confirmation: {
      headline: `{% if followUp.status == 'cancelled' %}Annulé : {% elsif followUp.status == 'expired' %}Clos : {% else %}Terminé : {% endif %}${title}`,
      lead: `${OUTCOME_SAID}{% if followUp.status == 'cancelled' %}Ceci a été annulé${FRENCH_ENDED}. Rien de plus n'est attendu de vous.{% elsif followUp.status == 'expired' %}Ceci a été clos car le délai est passé.{% else %}C'est terminé${FRENCH_ENDED}. Rien de plus n'est attendu de vous. Merci.{% endif %}`,
    },
  },
  hello: `Bonjour{% if recipient.name %} {{ recipient.name }}{% endif %},`,
  due: `Échéance : {{ followUp.dueAt | local_time }}.`,
  dueShort: `échéance {{ followUp.dueAt | local_time }}`,
  stakes: `Si personne n'agit : {{ consequence }}.`,
  details: 'Détails',
  colon: ' : ',
  why: `Vous recevez ceci car {% if followUp.forAssignee %}une action {% if followUp.closedAt %}était{% else %}est{% endif %} attendue de vous{% else %}vous y êtes associé(e){% endif %} ({{ followUp.policyTitle }}).`,
  ended: `${OUTCOME_SAID}{% if followUp.resolvedByName %}Par {{ followUp.resolvedByName }}, {% endif %}{{ followUp.closedAt | local_time }}{% if outcome != '' %} ({{ outcome }}){% endif %}`,
  otherwise: 'ou',
};
