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
  readonly otherwise: string;
}

const title = '{{ subject.title }}';

export const ENGLISH: Words = {
  language: 'en',
  roles: {
    notice: {
      headline: title,
      lead: `{% if followUp.forAssignee %}This needs your attention.{% else %}For your information: {{ followUp.assigneeName }} has been asked to act.{% endif %}`,
    },
    reminder: {
      headline: `{% if urgency == 'urgent' or urgency == 'high' %}Still open: {% else %}Reminder: {% endif %}${title}`,
      lead: `{% if followUp.reason == 'acknowledgement_expired' %}You said you had this, and it is still open.{% elsif followUp.reason == 'snooze_ended' %}You asked to be reminded, and it is still open.{% else %}This is still open, and we have not heard from you yet.{% endif %}`,
    },
    final: {
      headline: `Last reminder: ${title}`,
      lead: `This is still open. It is the last reminder before others are brought in.`,
    },
    escalation: {
      headline: `{% if followUp.forAssignee and followUp.escalatedToMe %}Now with you: {% else %}Escalated: {% endif %}${title}`,
      lead: `{% if followUp.forAssignee and followUp.escalatedToMe %}This has been open since {{ followUp.openedAt | local_time }} and nobody has acted. It is with you now.{% elsif followUp.forAssignee %}We have asked you since {{ followUp.openedAt | local_time }} without an answer, so others have been told. You can still act.{% elsif followUp.escalatedToMe %}{{ followUp.assigneeName }} was asked on {{ followUp.openedAt | local_time }} and has not acted. Please see that somebody does.{% else %}{{ followUp.assigneeName }} was asked on {{ followUp.openedAt | local_time }} and has not acted. Others have been told.{% endif %}`,
    },
    update: { headline: `Update: ${title}`, lead: `There is news about this.` },
    confirmation: {
      headline: `{% if followUp.status == 'cancelled' %}Cancelled: {% elsif followUp.status == 'expired' %}Closed: {% else %}Done: {% endif %}${title}`,
      lead: `{% if followUp.status == 'cancelled' %}This was cancelled. Nothing more is asked of you.{% elsif followUp.status == 'expired' %}This was closed because its time ran out.{% else %}This is done{% if followUp.resolvedByName %} by {{ followUp.resolvedByName }}{% endif %}{% if followUp.outcome %} ({{ followUp.outcome }}){% endif %}. Nothing more is asked of you. Thank you.{% endif %}`,
    },
  },
  hello: `Hello{% if recipient.name %} {{ recipient.name }}{% endif %},`,
  due: `Due {{ followUp.dueAt | local_time }}.`,
  dueShort: `due {{ followUp.dueAt | local_time }}`,
  stakes: `If nobody acts: {{ consequence }}.`,
  details: 'Details',
  colon: ': ',
  why: `You get this because {% if followUp.forAssignee %}you are asked to act on it{% else %}you are part of it{% endif %} ({{ followUp.policyTitle }}).`,
  otherwise: 'or',
};

export const FRENCH: Words = {
  language: 'fr',
  roles: {
    notice: {
      headline: title,
      lead: `{% if followUp.forAssignee %}Ceci demande votre attention.{% else %}Pour information : {{ followUp.assigneeName }} a été sollicité(e).{% endif %}`,
    },
    reminder: {
      headline: `{% if urgency == 'urgent' or urgency == 'high' %}Toujours en attente : {% else %}Rappel : {% endif %}${title}`,
      lead: `{% if followUp.reason == 'acknowledgement_expired' %}Vous aviez pris ceci en charge, et c'est toujours en attente.{% elsif followUp.reason == 'snooze_ended' %}Vous aviez demandé un rappel, et c'est toujours en attente.{% else %}Ceci est toujours en attente, et nous n'avons pas encore de réponse de votre part.{% endif %}`,
    },
    final: {
      headline: `Dernier rappel : ${title}`,
      lead: `Ceci est toujours en attente. C'est le dernier rappel avant que d'autres personnes soient prévenues.`,
    },
    escalation: {
      headline: `{% if followUp.forAssignee and followUp.escalatedToMe %}À vous maintenant : {% else %}Escalade : {% endif %}${title}`,
      lead: `{% if followUp.forAssignee and followUp.escalatedToMe %}Ceci est en attente depuis le {{ followUp.openedAt | local_time }} et personne n'a agi. C'est à vous maintenant.{% elsif followUp.forAssignee %}Nous vous sollicitons depuis le {{ followUp.openedAt | local_time }} sans réponse ; d'autres personnes sont prévenues. Vous pouvez encore agir.{% elsif followUp.escalatedToMe %}{{ followUp.assigneeName }} a été sollicité(e) le {{ followUp.openedAt | local_time }} et n'a pas donné suite. Merci de veiller à ce que quelqu'un agisse.{% else %}{{ followUp.assigneeName }} a été sollicité(e) le {{ followUp.openedAt | local_time }} et n'a pas donné suite. D'autres personnes sont prévenues.{% endif %}`,
    },
    update: { headline: `Du nouveau : ${title}`, lead: `Il y a du nouveau.` },
    confirmation: {
      headline: `{% if followUp.status == 'cancelled' %}Annulé : {% elsif followUp.status == 'expired' %}Clos : {% else %}Terminé : {% endif %}${title}`,
      lead: `{% if followUp.status == 'cancelled' %}Ceci a été annulé. Rien de plus n'est attendu de vous.{% elsif followUp.status == 'expired' %}Ceci a été clos car le délai est passé.{% else %}C'est terminé{% if followUp.resolvedByName %}, par {{ followUp.resolvedByName }}{% endif %}{% if followUp.outcome %} ({{ followUp.outcome }}){% endif %}. Rien de plus n'est attendu de vous. Merci.{% endif %}`,
    },
  },
  hello: `Bonjour{% if recipient.name %} {{ recipient.name }}{% endif %},`,
  due: `Échéance : {{ followUp.dueAt | local_time }}.`,
  dueShort: `échéance {{ followUp.dueAt | local_time }}`,
  stakes: `Si personne n'agit : {{ consequence }}.`,
  details: 'Détails',
  colon: ' : ',
  why: `Vous recevez ceci car {% if followUp.forAssignee %}une action est attendue de vous{% else %}vous y êtes associé(e){% endif %} ({{ followUp.policyTitle }}).`,
  otherwise: 'ou',
};
