// People's answers in eight languages, as nine mail programs send them: each above, below or between an older mail that has an answer
// in it, which must not be taken for theirs.
import { type Head, mail, multipart, type Part, partText, type Specimen, specimen } from './mail-maker.test-kit.ts';

/** What a language's programs write around what they quote, and what people write in it. */
interface Tongue {
  readonly locale: string;
  /** Gmail, Apple Mail and Thunderbird: the line above what is quoted. */
  readonly attribution: string;
  /** Outlook: from, sent, to, subject. */
  readonly headers: readonly [string, string, string, string];
  readonly original: string;
  readonly phone: string;
  readonly closing: string;
  readonly re: string;
  /** In the older mail. */
  readonly old: string;
  readonly answers: readonly (readonly [text: string, meaning: string])[];
}

const ACME = 'Acme <reply+token@mail.acme.example>';
const FRIDAY = 'commit 2026-11-06T16:00';

export const TONGUES: readonly Tongue[] = [
  {
    locale: 'en',
    attribution: `On Fri, Oct 30, 2026 at 9:00 AM ${ACME} wrote:`,
    headers: ['From', 'Sent', 'To', 'Subject'],
    original: 'Original Message',
    phone: 'Sent from my iPhone',
    closing: 'Kind regards,',
    re: 'Re: ',
    old: 'Done',
    answers: [
      ['Done, thanks!', 'done'],
      ["I'll do it by Friday.", FRIDAY],
      ["I'm on it", 'acknowledge'],
      ['Please stop sending me these emails', 'stop'],
      ['Not mine', 'not_mine'],
      ['Wrong person', 'wrong_person'],
      ['Not done yet, I still wait for the signature of Bo.', 'unclear'],
      ['Which invoice do you mean?', 'unclear'],
    ],
  },
  {
    locale: 'fr',
    attribution: `Le ven. 30 oct. 2026 à 09:00, ${ACME} a écrit :`,
    headers: ['De', 'Envoyé', 'À', 'Objet'],
    original: "Message d'origine",
    phone: 'Envoyé de mon iPhone',
    closing: 'Cordialement,',
    re: 'Re : ',
    old: 'C’est fait',
    answers: [
      ['C’est fait, merci.', 'done'],
      ['Je le ferai vendredi', FRIDAY],
      ['Je m’en occupe', 'acknowledge'],
      ['Désabonnez-moi', 'stop'],
      ['Ce n’est pas pour moi', 'not_mine'],
      ['Mauvaise personne', 'wrong_person'],
      ['Ce n’est pas encore fait, j’attends la signature.', 'unclear'],
      ['De quelle facture parlez-vous ?', 'unclear'],
    ],
  },
  {
    locale: 'de',
    attribution: `Am Fr., 30. Okt. 2026 um 09:00 Uhr schrieb ${ACME}:`,
    headers: ['Von', 'Gesendet', 'An', 'Betreff'],
    original: 'Ursprüngliche Nachricht',
    phone: 'Von meinem iPhone gesendet',
    closing: 'Mit freundlichen Grüßen',
    re: 'AW: ',
    old: 'Erledigt',
    answers: [
      ['Ist erledigt, danke!', 'done'],
      ['Mache ich bis Freitag', FRIDAY],
      ['Ich kümmere mich darum', 'acknowledge'],
      ['Bitte keine weiteren Mails mehr', 'stop'],
      ['Dafür bin ich nicht zuständig', 'not_mine'],
      ['Falscher Ansprechpartner', 'wrong_person'],
      ['Noch nicht erledigt, die Unterschrift fehlt.', 'unclear'],
      ['Um welche Rechnung geht es?', 'unclear'],
    ],
  },
  {
    locale: 'es',
    attribution: `El vie, 30 oct 2026 a las 9:00, Acme (<reply+token@mail.acme.example>) escribió:`,
    headers: ['De', 'Enviado el', 'Para', 'Asunto'],
    original: 'Mensaje original',
    phone: 'Enviado desde mi iPhone',
    closing: 'Un saludo,',
    re: 'RE: ',
    old: 'Hecho',
    answers: [
      ['Ya está hecho, gracias', 'done'],
      ['Lo haré antes del viernes', FRIDAY],
      ['Me encargo', 'acknowledge'],
      ['Quiero darme de baja', 'stop'],
      ['No es mío', 'not_mine'],
      ['Persona equivocada', 'wrong_person'],
      ['Todavía no está hecho, falta la firma.', 'unclear'],
      ['¿De qué factura se trata?', 'unclear'],
    ],
  },
  {
    locale: 'it',
    attribution: `Il giorno ven 30 ott 2026 alle ore 09:00 ${ACME} ha scritto:`,
    headers: ['Da', 'Inviato', 'A', 'Oggetto'],
    original: 'Messaggio originale',
    phone: 'Inviato da iPhone',
    closing: 'Cordiali saluti',
    re: 'R: ',
    old: 'Fatto',
    answers: [
      ['È stato fatto, grazie', 'done'],
      ['Lo farò entro venerdì', FRIDAY],
      ['Ci penso io', 'acknowledge'],
      ['Disiscrivimi', 'stop'],
      ['Non è di mia competenza', 'not_mine'],
      ['Persona sbagliata', 'wrong_person'],
      ['Non ancora fatto, manca la firma.', 'unclear'],
      ['Di quale fattura si tratta?', 'unclear'],
    ],
  },
  {
    locale: 'pt',
    attribution: `Em sex., 30 de out. de 2026 às 09:00, ${ACME} escreveu:`,
    headers: ['De', 'Enviada em', 'Para', 'Assunto'],
    original: 'Mensagem original',
    phone: 'Enviado do meu iPhone',
    closing: 'Atenciosamente,',
    re: 'RES: ',
    old: 'Feito',
    answers: [
      ['Já está feito, obrigado', 'done'],
      ['Faço isso até sexta-feira', FRIDAY],
      ['Vou fazer', 'acknowledge'],
      ['Não quero receber mais e-mails', 'stop'],
      ['Não é comigo', 'not_mine'],
      ['Pessoa errada', 'wrong_person'],
      ['Ainda não está feito, falta a assinatura.', 'unclear'],
      ['De que fatura se trata?', 'unclear'],
    ],
  },
  {
    locale: 'nl',
    attribution: `Op vr 30 okt 2026 om 09:00 schreef ${ACME}:`,
    headers: ['Van', 'Verzonden', 'Aan', 'Onderwerp'],
    original: 'Oorspronkelijk bericht',
    phone: 'Verstuurd vanaf mijn iPhone',
    closing: 'Met vriendelijke groet,',
    re: 'Antw: ',
    old: 'Gedaan',
    answers: [
      ['Is al betaald, bedankt', 'done'],
      ['Ik doe het voor vrijdag', FRIDAY],
      ['Doe ik', 'acknowledge'],
      ['Afmelden', 'stop'],
      ['Dit is niet voor mij', 'not_mine'],
      ['Verkeerde persoon', 'wrong_person'],
      ['Nog niet gedaan, de handtekening ontbreekt.', 'unclear'],
      ['Welke factuur bedoelt u?', 'unclear'],
    ],
  },
  {
    locale: 'sv',
    attribution: `Den fre 30 okt. 2026 kl 09:00 skrev ${ACME}:`,
    headers: ['Från', 'Skickat', 'Till', 'Ämne'],
    original: 'Ursprungligt meddelande',
    phone: 'Skickat från min iPhone',
    closing: 'Med vänliga hälsningar',
    re: 'SV: ',
    old: 'Klart',
    answers: [
      ['Det är klart, tack!', 'done'],
      ['Jag gör det senast fredag', FRIDAY],
      ['Jag fixar det', 'acknowledge'],
      ['Avregistrera mig', 'stop'],
      ['Det är inte mitt ansvar', 'not_mine'],
      ['Fel person', 'wrong_person'],
      ['Inte klart än, underskriften saknas.', 'unclear'],
      ['Vilken faktura menar ni?', 'unclear'],
    ],
  },
];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const alternative = (text: string, html: string, more: Partial<Part> = {}): string =>
  multipart('multipart/alternative', [
    partText({ type: 'text/plain', body: text, ...more }),
    partText({ type: 'text/html', body: html, ...more }),
  ]);
const quotedMail = ({ old }: Tongue): string => `Please pay invoice 42.\n${old}\nThank you`;
const marked = (text: string, mark = '> '): string =>
  text
    .split('\n')
    .map((line) => mark + line)
    .join('\n');
const outlookHead = ({ headers: [from, sent, to, subject] }: Tongue, bold = ''): string =>
  `${bold}${from}:${bold} ${ACME}\n${bold}${sent}:${bold} 30.10.2026 09:00\n${bold}${to}:${bold} Ana Lopez\n${bold}${subject}:${bold} Invoice 42`;

type Program = (answer: string, tongue: Tongue) => string;

/** The content of a mail: with which headers it begins is its own. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  gmail: (answer, tongue) =>
    alternative(
      `${answer}\n\n${tongue.attribution}\n\n${marked(quotedMail(tongue))}\n`,
      `<div dir="ltr">${escaped(answer)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escaped(tongue.attribution)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">${quotedMail(tongue).replaceAll('\n', '<br>')}</blockquote></div>`,
      { encoding: 'quoted-printable' },
    ),
  'outlook for windows': (answer, tongue) =>
    alternative(
      `${answer}\n\n${tongue.closing}\nAna Lopez\nClient GmbH\n\n${outlookHead(tongue)}\n\n${quotedMail(tongue)}\n`,
      `<html><head><style>p.MsoNormal{margin:0}</style></head><body><div class="WordSection1"><p class="MsoNormal">${escaped(answer)}<o:p></o:p></p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">${tongue.closing}</p><p class="MsoNormal">Ana Lopez</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${escaped(outlookHead(tongue)).replaceAll('\n', '<br>')}</p></div><p class="MsoNormal">${quotedMail(tongue).replaceAll('\n', '<br>')}</p></div></body></html>`,
      { encoding: 'base64' },
    ),
  'outlook on the web': (answer, tongue) =>
    partText({
      type: 'text/html',
      encoding: 'quoted-printable',
      body: `<html><body><div class="elementToProof" style="font-family:Aptos">${escaped(answer)}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font>${escaped(outlookHead(tongue)).replaceAll('\n', '<br>')}</font></div><div>${quotedMail(tongue).replaceAll('\n', '<br>')}</div></body></html>`,
    }),
  'apple mail': (answer, tongue) =>
    partText({
      type: 'text/plain',
      encoding: 'quoted-printable',
      body: `${answer}\n\n${tongue.phone}\n\n${tongue.attribution}\n> \n${marked(quotedMail(tongue))}\n`,
    }),
  yahoo: (answer, tongue) =>
    partText({
      type: 'text/html',
      encoding: 'base64',
      body: `<div class="ydp9yahoo-style-wrap"><div dir="ltr">${escaped(answer)}</div><div><br></div></div><div id="ydp9yahoo_quoted_77" class="ydp9yahoo_quoted"><div>${escaped(tongue.attribution)}</div><div>${quotedMail(tongue).replaceAll('\n', '<br>')}</div></div>`,
    }),
  'thunderbird, below': (answer, tongue) =>
    partText({
      type: 'text/plain; format=flowed',
      body: `${tongue.attribution}\n${marked(quotedMail(tongue))}\n\n${answer}\n\n-- \nAna Lopez\nHead of Finance\n`,
    }).replace('; format=flowed; charset=utf-8', '; charset=utf-8; format=flowed'),
  'proton mail': (answer, tongue) =>
    partText({
      type: 'text/html',
      encoding: 'quoted-printable',
      body: `<div style="font-family: Arial">${escaped(answer)}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">${escaped(tongue.attribution)}<br><blockquote class="protonmail_quote" type="cite">${quotedMail(tongue).replaceAll('\n', '<br>')}</blockquote></div>`,
    }),
  'outlook without a signature': (answer, tongue) =>
    partText({
      type: 'text/plain',
      encoding: 'base64',
      body: `${answer}\n\n${outlookHead(tongue, '*')}\n\n${quotedMail(tongue)}\n`,
    }),
  'old outlook, 8 bits': (answer, tongue) =>
    partText({
      type: 'text/plain',
      charset: 'iso-8859-1',
      body: `${answer}\n\n-----${tongue.original}-----\n${outlookHead(tongue)}\n\n${quotedMail(tongue)}\n`.replaceAll(
        '’',
        "'",
      ),
    }),
};

const flat = (text: string): string => text.replaceAll('’', "'");

/** Each answer by way of every second program, so that each program carries half the answers of a language. */
export const ANSWERS: readonly Specimen[] = TONGUES.flatMap((tongue) =>
  tongue.answers.flatMap(([text, meaning], answer) =>
    Object.entries(PROGRAMS).flatMap(([name, program], index) => {
      if ((index + answer) % 2 === 1) return [];
      const head: Head = { subject: `${tongue.re}Invoice 42` };
      const from =
        name === 'outlook for windows'
          ? { ...head, more: 'X-Auto-Response-Suppress: All\nThread-Topic: Invoice 42\n' }
          : head;
      return [
        specimen(
          `${name} in ${tongue.locale}: ${text}`,
          mail(program(text, tongue), from),
          { kind: 'human', through: 'mailbox', text: flat(text), meaning },
          { locale: tongue.locale, old: tongue.old },
        ),
      ];
    }),
  ),
);

/** Nothing new in it: the older answer alone. */
export const ONLY_OLD: readonly Specimen[] = TONGUES.flatMap((tongue) =>
  Object.entries(PROGRAMS).map(([name, program]) =>
    specimen(
      `${name} in ${tongue.locale}: nothing but what is quoted`,
      mail(program('', tongue), { subject: `${tongue.re}Invoice 42` }),
      { kind: 'human', text: '', meaning: 'unclear' },
      { locale: tongue.locale, old: tongue.old },
    ),
  ),
);
