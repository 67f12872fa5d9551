// What a person newly wrote: mails as the programs of people write them, in their languages, and what must not be taken for an answer.
import { describe, expect, it } from 'vitest';
import { newText } from './new-text.ts';

const OLD = '> Did you pay?\n> done\n';

describe('an older mail is left out', () => {
  it.each([
    ['Gmail', `Done\n\nOn Mon, Nov 2, 2026 at 9:00 AM Acme <a@acme.example> wrote:\n\n${OLD}`],
    [
      'Gmail, wrapped',
      `Done\n\nOn Mon, Nov 2, 2026 at 9:00 AM Acme Reminders and Payments\n<a-long-address@acme.example> wrote:\n\n${OLD}`,
    ],
    ['Gmail in French', `Done\n\nLe lun. 2 nov. 2026 à 09:00, Acme <a@acme.example> a écrit :\n\n${OLD}`],
    ['Gmail in German', `Done\n\nAm Mo., 2. Nov. 2026 um 09:00 Uhr schrieb Acme <a@acme.example>:\n\n${OLD}`],
    ['Gmail in Spanish', `Done\n\nEl lun, 2 nov 2026 a las 9:00, Acme (<a@acme.example>) escribió:\n\n${OLD}`],
    ['Gmail in Italian', `Done\n\nIl giorno lun 2 nov 2026 alle ore 09:00 Acme <a@acme.example> ha scritto:\n\n${OLD}`],
    ['Gmail in Portuguese', `Done\n\nAcme <a@acme.example> escreveu (segunda, 2/11/2026 à(s) 09:00):\n\n${OLD}`],
    ['Gmail in Dutch', `Done\n\nOp ma 2 nov 2026 om 09:00 schreef Acme <a@acme.example>:\n\n${OLD}`],
    ['Gmail in Swedish', `Done\n\nDen mån 2 nov. 2026 kl 09:00 skrev Acme <a@acme.example>:\n\n${OLD}`],
    ['a phone, without marks', 'Done\n\nOn 2 Nov 2026, Acme <a@acme.example> wrote:\n\nDid you pay?\ndone'],
    [
      'Outlook',
      'Done\n\nFrom: Acme <a@acme.example>\nSent: Monday, 2 November 2026 09:00\nTo: Ana\nSubject: Invoice\n\ndone',
    ],
    [
      'Outlook, bold',
      'Done\n\n________________________________\n*From:* Acme\n*Sent:* Monday\n*Subject:* Invoice\n\ndone',
    ],
    ['Outlook in French', 'Done\n\nDe : Acme\nEnvoyé : lundi\nÀ : Ana\nObjet : Facture\n\ndone'],
    ['Outlook in German', 'Done\n\nVon: Acme\nGesendet: Montag\nAn: Ana\nBetreff: Rechnung\n\ndone'],
    ['Outlook in Spanish', 'Done\n\nDe: Acme\nEnviado el: lunes\nPara: Ana\nAsunto: Factura\n\ndone'],
    ['Outlook in Italian', 'Done\n\nDa: Acme\nInviato: lunedì\nA: Ana\nOggetto: Fattura\n\ndone'],
    ['Outlook in Portuguese', 'Done\n\nDe: Acme\nEnviada em: segunda\nPara: Ana\nAssunto: Fatura\n\ndone'],
    ['Outlook in Dutch', 'Done\n\nVan: Acme\nVerzonden: maandag\nAan: Ana\nOnderwerp: Factuur\n\ndone'],
    ['Outlook in Swedish', 'Done\n\nFrån: Acme\nSkickat: måndag\nTill: Ana\nÄmne: Faktura\n\ndone'],
    ['old Outlook', 'Done\n\n-----Original Message-----\nFrom: Acme\ndone'],
    ['old Outlook in Spanish', 'Done\n\n-----Mensaje original-----\nDe: Acme\ndone'],
    ['old Outlook in Dutch', 'Done\n\n-----Oorspronkelijk bericht-----\ndone'],
    ['below it', `On Mon, Nov 2, 2026 at 9:00 AM Acme <a@acme.example> wrote:\n${OLD}\nDone`],
    ['above and below', `> Hello\n\nDone\n\n${OLD}`],
    ['quoted twice', 'Done\n\n>> old\n>> done\n> not yet\n'],
    ['a help desk', 'Done\n\n##- Please type your reply above this line -##\n\nold done'],
    ['in a language that we do not know', `Done\n\n2026年11月2日(月) 9:00 Acme <a@acme.example>:\n\n${OLD}`],
    ['Outlook in Finnish', 'Done\n\nLähettäjä: Acme\nLähetetty: maanantai\nAihe: x\n\ndone'],
    ['initials', 'Done\n\nAC> old\nAC> done'],
  ])('%s', (_who, text) => {
    expect(newText(text)).toMatchObject({ text: 'Done', quoted: true, forwarded: false, doubtful: false });
  });
});

describe('a signature is left out', () => {
  it.each([
    'Done\n-- \nAna Lopez\nHead of things',
    'Done\n\n--\nAna',
    'Done\n\nBest regards,\nAna',
    'Done\n\nCordialement\nAna',
    'Done\n\nMit freundlichen Grüßen\nAna',
    'Done\n\nUn saludo,\nAna',
    'Done\n\nCordiali saluti\nAna',
    'Done\n\nAtenciosamente,\nAna',
    'Done\n\nMet vriendelijke groet,\nAna',
    'Done\n\nMed vänliga hälsningar\nAna',
    'Done\n\nSent from my iPhone',
    'Done\n\nEnvoyé de mon iPhone',
    'Done\n\nVon meinem iPhone gesendet',
    'Done\n\nEnviado desde mi iPhone',
    'Done\n\nInviato da iPhone',
    'Done\n\nEnviado do meu iPhone',
    'Done\n\nVerstuurd vanaf mijn iPhone',
    'Done\n\nSkickat från min iPhone',
    'Done\n\nGet Outlook for iOS<https://aka.ms/x>',
    'Done\n\nSent with Proton Mail secure email.',
    'Done\n\nThis email and any attachments are confidential.',
    'Done\n\n*Please consider the environment before printing*',
    'Done\n\nAna Lopez\n[cid:image001.png@01D9]',
    'Done\n\nAna L.',
    'Done\n\nAna Lopez | Head of things | Client Ltd\n+44 123',
    'Done\n_______________________________________________\nTeam mailing list\nUnsubscribe: https://lists.example',
    'Done\n\nYou received this message because you are subscribed to the group.\nTo unsubscribe, stop.',
    'CAUTION: This email originated from outside of the organization.\nDo not click.\n\nDone',
  ])('%j', (text) => {
    expect(newText(text, ['ana', 'lopez']).text).toBe('Done');
  });
});

describe('what is no answer', () => {
  it('is a mail that is passed on', () => {
    for (const line of [
      '---------- Forwarded message ---------',
      'Begin forwarded message:',
      '-------- Weitergeleitete Nachricht --------',
      '---------- Message transféré ---------',
    ])
      expect(newText(`FYI\n\n${line}\nFrom: Acme <a@acme.example>\nSubject: x\n\ndone`)).toEqual({
        text: 'FYI',
        quoted: true,
        forwarded: true,
        doubtful: false,
      });
  });
  it('is the end of a quoted line that was wrapped', () => {
    expect(newText(`> ${'word '.repeat(14)}and tell us when it is\ndone\n> thank you\n`)).toMatchObject({
      text: 'done',
      doubtful: true,
    });
  });
  it('is what stands below a signature as an afterthought', () => {
    expect(newText('Done\n\nBest regards,\nAna\n\nP.S. Not the second one.')).toMatchObject({
      text: 'Done',
      doubtful: true,
    });
  });
  it('is empty where everything is quoted', () => {
    expect(newText(OLD)).toEqual({ text: '', quoted: true, forwarded: false, doubtful: false });
    expect(newText('')).toEqual({ text: '', quoted: false, forwarded: false, doubtful: false });
  });
});

describe('what looks like it and was written', () => {
  it.each([
    'From: the beginning it was wrong.',
    'She wrote: no.',
    'On Friday I will do it.',
    'Ana',
    'Write to bo@client.example by 3:',
    'The total is 5 > 3',
    'We need:\n- paper\n- ink',
  ])('stays: %j', (text) => {
    expect(newText(text, ['ana'])).toEqual({ text, quoted: false, forwarded: false, doubtful: false });
  });
  it('below a name and below a signature', () => {
    expect(newText('Done\n\nAna\nCFO\n\nBut not all', ['ana']).text).toBe('Done\n\nBut not all');
    expect(newText('Done\n-- \nAna\n\n> And two?\n\nNot two', ['ana']).text).toBe('Done\n\nNot two');
  });
  it('between answers too', () => {
    expect(newText('> One?\n\nYes\n\n> Two?\n\nNo\n').text).toBe('Yes\n\nNo');
  });
});

it.each([
  ['lines', '\n'.repeat(1_000_000)],
  ['On', 'On a '.repeat(200_000)],
  ['On, in lines', 'On a\n'.repeat(200_000)],
  ['Op schreef', 'Op schreef\n'.repeat(100_000)],
  ['From', 'From: a\n'.repeat(100_000)],
  ['marks', '>'.repeat(1_000_000)],
  ['dashes', '-'.repeat(1_000_000)],
  ['marks in lines', '> a\nb\n'.repeat(100_000)],
  ['brackets', '[cid'.repeat(250_000)],
  ['blanks', `${' '.repeat(999)}\n`.repeat(1_000)],
])('takes no longer than it is long: %s', (_what, text) => {
  const began = performance.now();
  newText(text);
  expect(performance.now() - began).toBeLessThan(10_000);
});
