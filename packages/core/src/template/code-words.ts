// What stands behind the codes of a text message, by language: a word or two each, and only letters of the 7-bit alphabet
// (sms-segments.ts), because one other letter makes a message of 160 characters one of 70. What is built of it is reply-code.ts.

export interface CodeWords {
  /** Asks for a code to be sent back. */
  readonly reply: string;
  readonly actions: { readonly resolve: string; readonly snooze: string; readonly acknowledge: string };
}

export const CODE_WORDS: Readonly<Record<string, CodeWords>> = {
  en: { reply: 'Reply', actions: { resolve: 'done', snooze: 'later', acknowledge: 'on it' } },
  fr: { reply: 'Répondez', actions: { resolve: 'fait', snooze: 'plus tard', acknowledge: 'en cours' } },
  de: { reply: 'Antwort', actions: { resolve: 'erledigt', snooze: 'später', acknowledge: 'in Arbeit' } },
  es: { reply: 'Responda', actions: { resolve: 'hecho', snooze: 'luego', acknowledge: 'en curso' } },
  it: { reply: 'Rispondi', actions: { resolve: 'fatto', snooze: 'più tardi', acknowledge: 'in corso' } },
  pt: { reply: 'Responda', actions: { resolve: 'feito', snooze: 'mais tarde', acknowledge: 'em curso' } },
  nl: { reply: 'Antwoord', actions: { resolve: 'klaar', snooze: 'later', acknowledge: 'bezig' } },
  sv: { reply: 'Svara', actions: { resolve: 'klart', snooze: 'senare', acknowledge: 'på gång' } },
};
