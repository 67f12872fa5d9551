// What the action page says after one of the policy's own actions, and after a "done" that does not close it. English and
// French, as the rest of the page (action-view.ts).

/** What came of an answer: it ended it, counts with others, only is noted, or is to be confirmed by somebody else. */
export type Became = 'closed' | 'counted' | 'recorded' | 'claimed';

export const ANSWERED = {
  en: {
    closed: 'Thank you. Your answer is in, and nothing more is asked of you.',
    counted: 'Thank you. Your answer counts; the others are still asked. Nothing more is asked of you.',
    recorded: 'Thank you. It is noted.',
    claimed: (name: string | null) =>
      name === null
        ? 'Noted, thank you. It stays open until it is confirmed.'
        : `Noted, thank you. ${name} confirms that it is done.`,
    elsewhere: 'This answer needs more than a small form can ask for. Please give it where it was asked.',
  },
  fr: {
    closed: 'Merci. Votre réponse est enregistrée, rien de plus n’est attendu de vous.',
    counted: 'Merci. Votre réponse compte ; les autres sont encore sollicités. Rien de plus n’est attendu de vous.',
    recorded: 'Merci. C’est noté.',
    claimed: (name: string | null) =>
      name === null
        ? 'C’est noté, merci. Ceci reste ouvert jusqu’à confirmation.'
        : `C’est noté, merci. ${name} confirme que c’est fait.`,
    elsewhere: 'Cette réponse demande plus qu’un petit formulaire. Merci de la donner là où elle est demandée.',
  },
} as const;
