// What answers mean, in eight languages; and what must be left to people because it says something else, or more.
import { type Instant, toRfc3339 } from '@relance/core';
import { describe, expect, it } from 'vitest';
import { WORD_TABLES } from './language.ts';
import { type Asking, meaningOf, SURE } from './meaning.ts';
import { SAID, spelledOut } from './word-table.ts';

/** A Monday, 10:00 in Paris. */
const NOW = Date.parse('2026-11-02T09:00:00Z') as Instant;
const asking = (locale: string | null, more: Partial<Asking> = {}): Asking => ({
  locale,
  now: NOW,
  zone: 'Europe/Paris',
  actions: [],
  ...more,
});

function told(text: string, locale: string | null, more: Partial<Asking> = {}): string {
  const meaning = meaningOf(text, asking(locale, more));
  const when =
    meaning.kind === 'commit'
      ? ` ${toRfc3339(meaning.by).slice(0, 16)}`
      : meaning.kind === 'snooze'
        ? ` ${toRfc3339(meaning.until).slice(0, 16)}`
        : '';
  const named = meaning.kind === 'done' && meaning.action !== null ? ` ${meaning.action} ${meaning.outcome}` : '';
  return `${meaning.kind}${named}${when}${meaning.kind !== 'unclear' && meaning.confidence < SURE ? '?' : ''}`;
}
const FRIDAY = '2026-11-06T16:00';
const TOMORROW = '2026-11-03T16:00';

const CASES: Readonly<Record<string, readonly (readonly [text: string, meaning: string])[]>> = {
  en: [
    ['Done', 'done'],
    ['Done!', 'done'],
    ['DONE. Thanks!', 'done'],
    ['Hi Ana,\n\nThis has been done already.\n\nThanks', 'done'],
    ["It's done 🙂", 'done'],
    ['I’ve paid the invoice yesterday, thank you for the reminder.', 'done'],
    ['✅', 'done'],
    ['Paid today', 'done'],
    ['👍', 'acknowledge'],
    ["I'm on it", 'acknowledge'],
    ['Will do, thanks', 'acknowledge'],
    ["I'll do it by Friday", `commit ${FRIDAY}`],
    ["Thanks, I'll do it on Friday.", `commit ${FRIDAY}`],
    ['by Friday', `commit ${FRIDAY}`],
    ['Friday', `commit ${FRIDAY}?`],
    ['Will do tomorrow', `commit ${TOMORROW}`],
    ["I'll do it by the end of the week", `commit ${FRIDAY}`],
    ["I'll do it next week", 'commit 2026-11-13T16:00'],
    ["I'll take care of it next Friday", 'commit 2026-11-13T16:00?'],
    ["I'll pay it on 3 December", 'commit 2026-12-03T16:00'],
    ["I'll pay it on December 3rd, 2026", 'commit 2026-12-03T16:00'],
    ["I'll pay it on Thursday, 3 December", 'commit 2026-12-03T16:00'],
    ["I'll do it in two days", 'commit 2026-11-04T16:00'],
    ["I'll do it in 3 hours", 'commit 2026-11-02T12:00'],
    ["I'll do it tomorrow at 5pm", TOMORROW.replace(/^/, 'commit ')],
    ["I'll do it tomorrow morning", 'commit 2026-11-03T11:00'],
    ["I'll do it today", 'commit 2026-11-02T16:00'],
    ["I'll do it by 5pm", 'commit 2026-11-02T16:00'],
    ["I'll do it by the end of the month", 'commit 2026-11-30T16:00'],
    ["I'll do it on Monday", 'commit 2026-11-09T16:00?'],
    ["I'll do it on 12/5", 'commit 2027-05-12T15:00?'],
    ['Remind me tomorrow', 'snooze 2026-11-03T08:00'],
    ['Please remind me next Monday at 10:30', 'snooze 2026-11-09T09:30'],
    ['later', 'snooze 2026-11-03T08:00?'],
    ['Stop', 'stop'],
    ['unsubscribe', 'stop'],
    ['Please stop sending me these emails', 'stop'],
    ['not mine', 'not_mine'],
    ["This isn't my job", 'not_mine'],
    ['Wrong person', 'wrong_person'],
    ['ok', 'acknowledge?'],
  ],
  fr: [
    ['C’est fait', 'done'],
    ['C’est fait, merci !', 'done'],
    ['Bonjour,\n\nJ’ai payé la facture hier.\n\nMerci', 'done'],
    ['réglé', 'done'],
    ['Je m’en occupe', 'acknowledge'],
    ['Je le ferai vendredi', `commit ${FRIDAY}`],
    ['Je m’en occupe demain', `commit ${TOMORROW}`],
    ['d’ici la fin de la semaine', `commit ${FRIDAY}`],
    ['avant le 3 décembre', 'commit 2026-12-03T16:00'],
    ['Je paierai vendredi prochain', 'commit 2026-11-13T16:00?'],
    ['Je la paierai vendredi prochain', 'commit 2026-11-13T16:00?'],
    ['Je le fais demain à 17h30', 'commit 2026-11-03T16:30'],
    ['Rappelez-moi lundi prochain', 'snooze 2026-11-09T08:00'],
    ['désabonnez-moi', 'stop'],
    ['Ce n’est pas pour moi', 'not_mine'],
    ['Mauvaise personne', 'wrong_person'],
  ],
  de: [
    ['Erledigt', 'done'],
    ['Ist erledigt, danke!', 'done'],
    ['Hallo Frau Müller,\ndie Rechnung ist bereits bezahlt.\nVielen Dank', 'done'],
    ['Habe ich gestern überwiesen', 'unclear'],
    ['Habe ich schon überwiesen', 'done'],
    ['Mach ich', 'acknowledge'],
    ['Ich kümmere mich darum', 'acknowledge'],
    ['Mache ich bis Freitag', `commit ${FRIDAY}`],
    ['bis Ende der Woche', `commit ${FRIDAY}`],
    ['Wird morgen erledigt', 'unclear'],
    ['Mache ich morgen', `commit ${TOMORROW}`],
    ['Ich bezahle es am 3. Dezember', 'commit 2026-12-03T16:00'],
    ['Ich bezahle es bis zum 03.12.', 'commit 2026-12-03T16:00'],
    ['Ich mache es morgen um 15 Uhr', 'commit 2026-11-03T14:00'],
    ['Erinnern Sie mich bitte nächste Woche', 'snooze 2026-11-09T08:00'],
    ['abmelden', 'stop'],
    ['Dafür bin ich nicht zuständig', 'not_mine'],
    ['Falscher Ansprechpartner', 'wrong_person'],
  ],
  es: [
    ['Hecho', 'done'],
    ['Ya está hecho, gracias', 'done'],
    ['Ya lo pagué ayer', 'done'],
    ['Me encargo', 'acknowledge'],
    ['Lo hago mañana', `commit ${TOMORROW}`],
    ['Lo haré antes del viernes', `commit ${FRIDAY}`],
    ['Lo pagaré el 3 de diciembre', 'commit 2026-12-03T16:00'],
    ['Lo haré a finales de esta semana', 'unclear'],
    ['Lo haré mañana por la mañana', 'commit 2026-11-03T11:00'],
    ['Recuérdamelo el viernes', 'snooze 2026-11-06T08:00'],
    ['Quiero darme de baja', 'stop'],
    ['No es mío', 'not_mine'],
    ['Persona equivocada', 'wrong_person'],
  ],
  it: [
    ['Fatto', 'done'],
    ['È stato fatto, grazie', 'done'],
    ['Ho già pagato la fattura', 'done'],
    ['Ci penso io', 'acknowledge'],
    ['Lo faccio domani', `commit ${TOMORROW}`],
    ['Lo farò entro venerdì', `commit ${FRIDAY}`],
    ['Lo pago il 3 dicembre', 'commit 2026-12-03T16:00'],
    ['Lo faccio entro la fine della settimana', `commit ${FRIDAY}`],
    ['Ricordamelo domani', 'snooze 2026-11-03T08:00'],
    ['disiscrivimi', 'stop'],
    ['Non è di mia competenza', 'not_mine'],
    ['Persona sbagliata', 'wrong_person'],
  ],
  pt: [
    ['Feito', 'done'],
    ['Já está feito, obrigado', 'done'],
    ['Já paguei ontem', 'done'],
    ['Vou fazer', 'acknowledge'],
    ['Vou fazer isso amanhã', `commit ${TOMORROW}`],
    ['Faço isso até sexta-feira', `commit ${FRIDAY}`],
    ['Vou pagar no dia 3 de dezembro', 'commit 2026-12-03T16:00'],
    ['Lembre-me amanhã', 'snooze 2026-11-03T08:00'],
    ['Não quero receber mais e-mails', 'stop'],
    ['Não é comigo', 'not_mine'],
    ['Pessoa errada', 'wrong_person'],
  ],
  nl: [
    ['Gedaan', 'done'],
    ['Is al betaald, bedankt', 'done'],
    ['Ik heb de factuur gisteren betaald', 'unclear'],
    ['Ik heb de factuur al betaald', 'done'],
    ['Doe ik', 'acknowledge'],
    ['Doe ik morgen', `commit ${TOMORROW}`],
    ['Ik doe het voor vrijdag', `commit ${FRIDAY}`],
    ['Ik betaal het op 3 december', 'commit 2026-12-03T16:00'],
    ['Ik regel het voor het einde van de week', `commit ${FRIDAY}`],
    ['Herinner me er morgen aan', 'unclear'],
    ['Herinner me morgen', 'snooze 2026-11-03T08:00'],
    ['afmelden', 'stop'],
    ['Dit is niet voor mij', 'not_mine'],
    ['Verkeerde persoon', 'wrong_person'],
  ],
  sv: [
    ['Klart', 'done'],
    ['Det är klart, tack!', 'done'],
    ['Jag har betalat fakturan', 'done'],
    ['Jag fixar det', 'acknowledge'],
    ['Jag gör det imorgon', `commit ${TOMORROW}`],
    ['Jag gör det senast fredag', `commit ${FRIDAY}`],
    ['Jag betalar det den 3 december', 'commit 2026-12-03T16:00'],
    ['Jag fixar det före slutet av veckan', `commit ${FRIDAY}`],
    ['Påminn mig imorgon', 'snooze 2026-11-03T08:00'],
    ['avregistrera mig', 'stop'],
    ['Det är inte mitt ansvar', 'not_mine'],
    ['Fel person', 'wrong_person'],
  ],
};
for (const [locale, cases] of Object.entries(CASES))
  describe(`in ${locale}`, () => {
    it.each(cases)('%j is %s', (text, meaning) => {
      expect(told(text, locale)).toBe(meaning);
    });
  });

describe('is left to people', () => {
  it.each([
    ...[
      'Not done yet',
      "I haven't done it",
      'Done?',
      'Is it done?',
      'almost done',
      'Done, but not all',
      "If it's done I will tell you",
      'not done',
      'No',
      'No, done',
    ],
    ...[
      'Done. Will do the other tomorrow',
      'stop by my desk',
      "I can't do it by Friday",
      "I won't do it by Friday",
      'Done by Friday',
      'Should be done',
      'Done 50 %',
      'Nothing done',
      'Stop, done',
    ],
    ...[
      "I'll do it by Friday or Monday",
      "I'll do it last Friday",
      "I'll do it on 31 February",
      "I'll do it on Tuesday, 3 December",
      'I did it wrong',
      'Please pay it',
      'thanks',
      '',
    ],
    ...[
      'never done',
      'It is not done',
      'undone',
      'done, not',
      "don't stop",
      'half done',
      'done for today',
      "I'm done for today",
      'can you confirm it is done',
      'to be done',
      'I want it done',
      'has it been paid',
      'I will not',
      '🤔 done',
      'done 👎',
    ],
    ...[
      'Ce n’est pas fait',
      'Pas encore fait',
      'Pas fait',
      'Est-ce fait ?',
      'Je ne le ferai pas',
      'presque fait',
      'Si c’est fait je vous le dis',
      'fait ?',
      'Je ne peux pas le faire demain',
    ],
    ...[
      'noch nicht erledigt',
      'nicht erledigt',
      'Ist das erledigt?',
      'Mache ich nicht',
      'fast fertig',
      'muss erledigt werden',
      'Das ist nicht bezahlt',
      'ich bin nicht fertig',
      'kaum erledigt',
      'nie bezahlt',
      'erst morgen bezahlt',
    ],
    ...[
      'No está hecho',
      'todavía no',
      'aún no lo hice',
      '¿Hecho?',
      'no lo haré',
      'casi hecho',
      'non ancora fatto',
      'Non è fatto',
      'non l ho fatto',
      'Fatto?',
      'non lo faccio',
      'quasi finito',
    ],
    ...[
      'Ainda não está feito',
      'não feito',
      'não fiz',
      'Feito?',
      'quase pronto',
      'nog niet gedaan',
      'niet betaald',
      'Klaar?',
      'doe ik niet',
      'bijna klaar',
      'inte klart',
      'ej betald',
      'Klart?',
      'jag gör det inte',
      'nästan klart',
      'inte än',
    ],
  ])('%j', (text) => {
    for (const locale of ['en', 'fr', 'de', 'es', 'it', 'pt', 'nl', 'sv', null])
      expect(told(text, locale)).toBe('unclear');
  });
  it('what is long', () => {
    expect(told('done '.repeat(41), 'en')).toBe('unclear');
    expect(told(`done${' '.repeat(400)}`, 'en')).toBe('unclear');
  });
});

describe('whoever writes in another language than theirs', () => {
  it('is understood where it can mean one thing only', () => {
    expect(meaningOf('Ist erledigt', asking('en'))).toEqual({
      kind: 'done',
      action: null,
      outcome: null,
      confidence: 0.85,
    });
    expect(told('Done', null)).toBe('done');
    expect(told('Done', 'ja-JP')).toBe('done');
    expect(told('stop', 'xx')).toBe('stop');
    expect(told('Erledigt', 'en')).toBe('done?');
    expect(told('Pago', 'es')).toBe('done?');
    expect(told('Pago', 'pt')).toBe('done');
    expect(told('Je le ferai vendredi', 'en-GB')).toBe(`commit ${FRIDAY}`);
  });
  it('in their own first', () => {
    expect(told('klar', 'sv')).toBe('done');
    expect(told('klar', 'de')).toBe('acknowledge?');
    expect(told('klar', 'en')).toBe('unclear');
  });
});

describe('a day', () => {
  it('is one of the zone and never past', () => {
    const late = { now: Date.parse('2026-11-02T17:30:00Z') as Instant };
    expect(told("I'll do it today", 'en', late)).toBe('commit 2026-11-02T22:59');
    expect(told("I'll do it by 5pm", 'en', late)).toBe('unclear');
    expect(told("I'll do it tomorrow", 'en', { zone: 'Pacific/Auckland' })).toBe('commit 2026-11-03T04:00');
    expect(told("I'll do it on 1 November", 'en')).toBe('unclear');
    expect(told("I'll do it on 1 November 2026", 'en')).toBe('unclear');
    expect(told("I'll do it on 1 November 2030", 'en')).toBe('unclear');
    expect(told("I'll do it on 1 March", 'en')).toBe('commit 2027-03-01T16:00');
  });
  it('is read as it is written where they live', () => {
    expect(told("I'll do it on 12/5", 'en-US')).toBe('commit 2026-12-05T16:00');
    expect(told("I'll do it on 5/12", 'en-GB')).toBe('commit 2026-12-05T16:00');
    expect(told('Je le ferai le 5/12', 'fr-FR')).toBe('commit 2026-12-05T16:00');
    expect(told("I'll do it on 12/25", 'en')).toBe('commit 2026-12-25T16:00');
    expect(told("I'll do it by 2026-12-05", 'en')).toBe('commit 2026-12-05T16:00');
  });
  it('keeps the wall time over a change of the clock', () => {
    expect(told("I'll do it by 30 March", 'en')).toBe('commit 2027-03-30T15:00');
  });
});

describe('the policy’s own actions', () => {
  const approve = { id: 'approve', label: 'Approve', outcome: 'approved', resolves: true, rejects: false };
  const reject = { id: 'reject', label: 'Reject it', outcome: 'rejected', resolves: false, rejects: true };
  const seen = { id: 'seen_it', label: 'Gesehen', outcome: null, resolves: false, rejects: false };
  const actions = [approve, reject];
  it.each([
    ['approved', 'en', 'done approve approved'],
    ['Approve', 'en', 'done approve approved'],
    ['I approve, thanks', 'en', 'done approve approved'],
    ['Rejected', 'en', 'done reject rejected'],
    ['not approved', 'en', 'done reject rejected'],
    ['I do not approve', 'en', 'done reject rejected'],
    ['reject it', 'en', 'done reject rejected'],
    ['genehmigt', 'de', 'done approve approved'],
    ['nicht genehmigt', 'de', 'done reject rejected'],
    ['Approuvé', 'fr', 'done approve approved'],
    ['approved?', 'en', 'unclear'],
    ['approved, rejected', 'en', 'unclear'],
    ['do not reject it', 'en', 'unclear'],
    ['yes', 'en', 'unclear'],
    ['done', 'en', 'unclear'],
    ['approve by Friday', 'en', 'unclear'],
  ])('%j in %s is %s', (text, locale, meaning) => {
    expect(told(text, locale, { actions })).toBe(meaning);
  });
  it('by their label and by their id, where they are offered', () => {
    expect(told('gesehen', 'de', { actions: [seen] })).toBe('done seen_it null');
    expect(told('Seen it', 'en', { actions: [seen] })).toBe('done seen_it null');
    expect(told('approved', 'en')).toBe('unclear');
    expect(told('approved', 'en', { actions: [approve] })).toBe('done approve approved');
    expect(told('approved', 'en', { actions: [{ ...approve, id: 'pay', label: 'Pay' }, reject] })).toBe('unclear');
    expect(told('approved', 'en', { actions: [approve, { ...approve, id: 'accept', label: 'Accept' }] })).toBe(
      'unclear',
    );
    expect(told('rejected', 'en', { actions: [approve, { ...reject, id: 'later', label: 'Ask again' }] })).toBe(
      'unclear',
    );
    expect(told('stop', 'en', { actions: [{ ...seen, label: 'Stop' }] })).toBe('unclear');
  });
});

describe('the tables', () => {
  it.each(WORD_TABLES.map((table) => [table.language, table] as const))(
    'of %s say one thing by one phrase',
    (_language, table) => {
      const meant = new Map<string, string>();
      const twice: string[] = [];
      for (const kind of SAID.filter((one) => one !== 'fill' && one !== 'past'))
        for (const phrase of table.said[kind].flatMap(spelledOut).map((words) => words.join(' '))) {
          const before = meant.get(phrase);
          if (before !== undefined && before !== kind) twice.push(`${phrase}: ${before}, ${kind}`);
          meant.set(phrase, kind);
        }
      expect(twice).toEqual([]);
      expect(table.numbers).toHaveLength(10);
      expect(meant.size).toBeLessThan(30_000);
    },
  );
  it('are well-formed, and say so', () => {
    expect(spelledOut('(a|b c)? d')).toEqual([['a', 'd'], ['b', 'c', 'd'], ['d']]);
    expect(() => spelledOut('(a')).toThrow('open parenthesis');
    expect(() => spelledOut('a) b')).toThrow('too many');
  });
});
