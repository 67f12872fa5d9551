// What servers and providers report: deliveries, delays and failures (RFC 3464), complaints (RFC 5965), and the bounces of servers that
// write to people only, after what each is documented to send. What is in them is judged in bounce.test.ts; here that they are reports.
import { mail, multipart, partText, plainMail, type Specimen, specimen } from './mail-maker.test-kit.ts';

const DAEMON = 'Mail Delivery System <MAILER-DAEMON@mx.client.example>';
const RETURNED =
  'From: Acme <reply+token@mail.acme.example>\nTo: ana.lopez@client.example\nSubject: Invoice 42\n\nDone\n';

const status = (fields: string, words: string): string =>
  multipart(
    'multipart/report',
    [
      partText({ type: 'text/plain', body: words }),
      partText({
        type: 'message/delivery-status',
        encoding: '7bit',
        body: `Reporting-MTA: dns; mx.client.example\n\nFinal-Recipient: rfc822; ana.lopez@client.example\n${fields}`,
      }),
      partText({ type: 'message/rfc822', encoding: '7bit', body: RETURNED }),
    ],
    '; report-type=delivery-status',
  );

const DELIVERY: readonly (readonly [name: string, fields: string, words: string])[] = [
  [
    'Postfix: no such user',
    'Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n',
    'I’m sorry to have to inform you that your message could not be delivered.',
  ],
  [
    'Postfix: delayed',
    'Action: delayed\nStatus: 4.4.1\n',
    'THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.',
  ],
  ['Postfix: delivered', 'Action: delivered\nStatus: 2.0.0\n', 'The mail was successfully delivered.'],
  [
    'Exchange: not found',
    'Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n',
    'Delivery has failed to these recipients or groups:',
  ],
  [
    'Exchange in German',
    'Action: failed\nStatus: 5.1.1\n',
    'Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:',
  ],
  ['Exchange in French', 'Action: failed\nStatus: 5.1.1\n', 'Échec de la remise à ces destinataires ou groupes :'],
  [
    'Gmail: full',
    'Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552-5.2.2 over quota\n',
    'Your message wasn’t delivered.',
  ],
  [
    'SES: suppressed',
    'Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 suppressed\n',
    'An error occurred while trying to deliver the mail.',
  ],
  [
    'Sendmail: host unknown',
    'Action: failed\nStatus: 5.1.2\n',
    '----- The following addresses had permanent fatal errors -----',
  ],
  [
    'Exim with a report',
    'Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 no such user here\n',
    'This message was created automatically by mail delivery software.',
  ],
  ['in Spanish', 'Action: failed\nStatus: 5.1.1\n', 'No se pudo entregar el mensaje.'],
  ['in Italian', 'Action: failed\nStatus: 5.1.1\n', 'Impossibile recapitare il messaggio.'],
  ['in Portuguese', 'Action: failed\nStatus: 5.1.1\n', 'Não foi possível entregar a mensagem.'],
  ['in Dutch', 'Action: failed\nStatus: 5.1.1\n', 'Bezorging mislukt.'],
  ['in Swedish', 'Action: failed\nStatus: 5.1.1\n', 'Meddelandet kunde inte levereras.'],
  ['too large', 'Action: failed\nStatus: 5.3.4\n', 'Message too large.'],
  ['refused by policy', 'Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 blocked\n', 'Done'],
  ['relayed', 'Action: relayed\nStatus: 2.0.0\n', 'The mail was relayed.'],
  ['with nothing in it that can be read', 'Hello: world\n', 'Done'],
];

const PLAIN: readonly (readonly [name: string, subject: string, text: string])[] = [
  [
    'qmail',
    'failure notice',
    "Hi. This is the qmail-send program at client.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ana.lopez@client.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
  ],
  [
    'Exim',
    'Mail delivery failed: returning message to sender',
    'This message was created automatically by mail delivery software.\nA message that you sent could not be delivered.\n\n  ana.lopez@client.example\n    550 5.1.1 User unknown\n',
  ],
  [
    'old Exchange',
    'Undeliverable: Invoice 42',
    'Your message did not reach some or all of the intended recipients.\nThe recipient could not be found.',
  ],
  [
    'a full mailbox',
    'Returned mail: see transcript for details',
    '552 5.2.2 <ana.lopez@client.example>... Mailbox full',
  ],
  [
    'a German server',
    'Unzustellbar: Invoice 42',
    'Ihre Nachricht hat einige Empfänger nicht erreicht. 550 5.1.1 unknown user',
  ],
];

const complaint = (fields: string): string =>
  multipart(
    'multipart/report',
    [
      partText({ type: 'text/plain', body: 'This is an email abuse report. Done' }),
      partText({
        type: 'message/feedback-report',
        encoding: '7bit',
        body: `User-Agent: Feedback/1.0\nVersion: 1\n${fields}`,
      }),
      partText({ type: 'message/rfc822', encoding: '7bit', body: RETURNED }),
    ],
    '; report-type=feedback-report',
  );

export const REPORTS: readonly Specimen[] = [
  ...DELIVERY.map(([name, fields, words]) =>
    specimen(
      `report: ${name}`,
      mail(status(fields, words), {
        from: DAEMON,
        subject: 'Undelivered Mail Returned to Sender',
        more: 'Auto-Submitted: auto-replied\n',
      }),
      { kind: 'report' },
      { nullSender: true },
    ),
  ),
  ...PLAIN.map(([name, subject, text]) =>
    specimen(`bounce: ${name}`, plainMail(text, { from: DAEMON, subject }), { kind: 'report' }, { nullSender: true }),
  ),
  ...['abuse', 'fraud', 'virus', 'other', 'opt-out', 'not-spam'].map((type) =>
    specimen(
      `complaint: ${type}`,
      mail(complaint(`Feedback-Type: ${type}\nOriginal-Rcpt-To: <ana.lopez@client.example>\n`), {
        from: 'Feedback <fbl@provider.example>',
        subject: 'FW: Invoice 42',
      }),
      { kind: 'report' },
    ),
  ),
];
