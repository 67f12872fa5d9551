// Mails made to be misread: people's that look like programs', programs' that look like people's, answers in odd places and encodings.
import { mail, multipart, partText, plainMail, type Specimen, specimen } from './mail-maker.test-kit.ts';

const QUOTE = 'On Fri, Oct 30, 2026 at 9:00 AM Acme <a@acme.example> wrote:\n\n> Please pay.\n> Done\n';
const done = { kind: 'human', through: 'mailbox', meaning: 'done' } as const;
const unclear = { kind: 'human', meaning: 'unclear' } as const;
const old = { old: 'Done' };
const attached = (type: string, body: string, headers: string): string => partText({ type, body, headers });

const HEADS: readonly Specimen[] = [
  specimen('a person’s Auto-Submitted', plainMail(`Done\n\n${QUOTE}`, { more: 'Auto-Submitted: no\n' }), done, old),
  specimen('a person’s bulk precedence', plainMail('Done', { more: 'Auto-Submitted: no\nPrecedence: bulk\n' }), done),
  specimen('a person in Outlook', plainMail('Done', { more: 'X-Auto-Response-Suppress: DR, OOF, AutoReply\n' }), done),
  specimen('a person who answers an absence', plainMail('Done', { subject: 'Re: Out of office list' }), done),
  specimen(
    'a person whose priority is high',
    plainMail('Done', { more: 'X-Priority: 1\nImportance: high\nX-MS-Has-Attach: yes\n' }),
    done,
  ),
  specimen(
    'a person at Zendesk',
    plainMail('##- Please type your reply above this line -##\n\nDone', {
      more: 'X-Mailer: Zendesk Mailer\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n',
    }),
    { ...unclear, through: 'help_desk' },
  ),
  specimen(
    'an agent at Zendesk',
    plainMail('Done', { more: 'X-Mailer: Zendesk Mailer\nAuto-Submitted: auto-generated\n' }),
    { ...unclear, through: 'help_desk', text: 'Done' },
  ),
  specimen(
    'somebody in Jira',
    plainMail('Done', { more: 'X-JIRA-FingerPrint: 9f\nAuto-Submitted: auto-generated\nPrecedence: bulk\n' }),
    { ...unclear, through: 'help_desk', text: 'Done' },
  ),
  specimen(
    'somebody in ServiceNow',
    plainMail('I paid it yesterday.', { more: 'X-ServiceNow-Generated: true\nPrecedence: bulk\n' }),
    { ...unclear, through: 'help_desk', text: 'I paid it yesterday.' },
  ),
  specimen(
    'somebody in Freshdesk',
    plainMail('Done', { more: 'X-Mailer: Freshdesk\nAuto-Submitted: auto-generated\n' }),
    { ...unclear, through: 'help_desk', text: 'Done' },
  ),
  specimen(
    'a help desk that answered by itself',
    plainMail('Done', { more: 'X-Mailer: Zammad Mail Service\nAuto-Submitted: auto-replied\n' }),
    { kind: 'automatic', why: 'ticket', meaning: 'unclear' },
  ),
  specimen('two headers that disagree', plainMail('Done', { more: 'Auto-Submitted: no\nX-Autoreply: yes\n' }), {
    kind: 'automatic',
    meaning: 'unclear',
  }),
  specimen('a folded header', plainMail('Done', { more: 'Auto-Submitted:\n auto-replied\n' }), {
    kind: 'automatic',
    meaning: 'unclear',
  }),
  specimen('a header in capitals', plainMail('Done', { more: 'AUTO-SUBMITTED: AUTO-REPLIED\n' }), {
    kind: 'automatic',
    meaning: 'unclear',
  }),
  specimen('an answer in the subject alone', plainMail('', { subject: 'Re: done' }), { ...unclear, text: '' }),
  specimen(
    'an answer in the subject, above a quote',
    plainMail(QUOTE, { subject: 'Done' }),
    { ...unclear, text: '' },
    old,
  ),
];

const PLACES: readonly Specimen[] = [
  specimen(
    'above a list’s footer',
    plainMail(
      'Done\n_______________________________________________\nteam mailing list -- team@lists.example\nTo unsubscribe send an email to team-leave@lists.example\n',
    ),
    { ...done, text: 'Done' },
  ),
  specimen(
    'above the footer of a group',
    plainMail(
      'Done\n\n-- \nYou received this message because you are subscribed to the group "team".\nTo unsubscribe from this group, stop.\n',
    ),
    { ...done, text: 'Done' },
  ),
  specimen(
    'above small print',
    plainMail('Done\n\nThis email and any attachments are confidential. If you are not the intended recipient, stop.'),
    { ...done, text: 'Done' },
  ),
  specimen('below a banner', plainMail('CAUTION: This email originated from outside of the organization.\n\nDone'), {
    ...done,
    text: 'Done',
  }),
  specimen('below', plainMail(`${QUOTE}\nDone\n`), { ...done, text: 'Done' }),
  specimen('below, of another answer', plainMail(`${QUOTE}\nNot yet\n`), { ...unclear, text: 'Not yet' }, old),
  specimen('in between', plainMail('> Please pay.\n\nDone\n\n> And sign.\n\nNot yet\n'), {
    ...unclear,
    text: 'Done\n\nNot yet',
  }),
  specimen('in between, the same twice', plainMail('> Please pay.\n\nDone\n\n> And sign.\n\nDone\n'), {
    ...done,
    text: 'Done\n\nDone',
  }),
  specimen(
    'quoted four deep',
    plainMail('Not yet\n\n>>>> Done\n>>> Done\n>> Done\n> Done\n'),
    { ...unclear, text: 'Not yet' },
    old,
  ),
  specimen(
    'the end of a line that was wrapped',
    plainMail('> Please write to us in a word or two and tell us whether all of this is\ndone\n> Thank you\n'),
    unclear,
  ),
  specimen(
    'quoted without a mark',
    plainMail('On 30 Oct 2026, Acme wrote:\n\nPlease pay.\nDone\n'),
    { ...unclear, text: '' },
    old,
  ),
  specimen(
    'passed on',
    plainMail(
      'FYI\n\n---------- Forwarded message ---------\nFrom: Bo <bo@client.example>\nDate: Fri, 30 Oct 2026\nSubject: Invoice 42\n\nDone\n',
    ),
    { ...unclear, text: 'FYI' },
    old,
  ),
  specimen(
    'passed on with an answer',
    plainMail('Done\n\nBegin forwarded message:\n\nFrom: Bo\nSubject: Invoice 42\n\nNot done\n'),
    unclear,
  ),
  specimen(
    'passed on as a file',
    mail(
      multipart('multipart/mixed', [
        partText({ type: 'text/plain', body: 'See below' }),
        partText({
          type: 'message/rfc822',
          encoding: '7bit',
          body: 'From: bo@client.example\nSubject: Invoice 42\n\nDone\n',
        }),
      ]),
    ),
    { ...unclear, text: 'See below' },
    old,
  ),
  specimen(
    'passed on as a file, alone',
    mail(
      multipart('multipart/mixed', [
        partText({
          type: 'message/rfc822',
          encoding: '7bit',
          body: 'From: bo@client.example\nSubject: Invoice 42\n\nDone\n',
        }),
      ]),
    ),
    { ...unclear, text: '' },
    old,
  ),
  specimen('an afterthought', plainMail('Done\n\nBest regards,\nAna\n\nPS: not the second one'), unclear),
  specimen('with a question', plainMail('Done?\n\n> Please pay'), unclear),
  specimen('a person who is away', plainMail('I am on vacation, will do it by Friday'), unclear),
  specimen('signed with a title', plainMail('Done\n\nAna Lopez\nHead of Finance\n+34 600 000 000'), {
    ...done,
    text: 'Done',
  }),
  specimen('a greeting', plainMail('Hello Acme team,\n\nDone.\n\nBest,\nAna'), done),
];

const FORMS: readonly Specimen[] = [
  specimen('HTML alone', mail(partText({ type: 'text/html', body: '<p>Done</p>' })), { ...done, text: 'Done' }),
  specimen(
    'HTML that hides',
    mail(partText({ type: 'text/html', body: '<p>Not yet</p><p style="display:none">Done</p>' })),
    { ...unclear, text: 'Not yet' },
    old,
  ),
  specimen(
    'HTML that says other than the text',
    mail(
      multipart('multipart/alternative', [
        partText({ type: 'text/plain', body: 'Done' }),
        partText({ type: 'text/html', body: '<p>Not yet, we wait</p>' }),
      ]),
    ),
    unclear,
  ),
  specimen(
    'HTML that quotes what the text does not',
    mail(
      multipart('multipart/alternative', [
        partText({ type: 'text/plain', body: 'Done' }),
        partText({ type: 'text/html', body: '<blockquote>Done</blockquote>' }),
      ]),
    ),
    unclear,
  ),
  specimen('empty', plainMail(''), { ...unclear, text: '' }),
  specimen('no part at all', mail('\r\n'), { ...unclear, text: '' }),
  specimen('base64', plainMail('Done', {}, { encoding: 'base64' }), { ...done, text: 'Done' }),
  specimen(
    'quoted-printable',
    plainMail('C’est fait', {}, { encoding: 'quoted-printable' }),
    { ...done, text: "C'est fait" },
    { locale: 'fr' },
  ),
  specimen(
    '8 bits of Latin',
    plainMail('Hecho, mañana no', {}, { charset: 'iso-8859-1' }),
    { ...unclear, text: 'Hecho, mañana no' },
    { locale: 'es' },
  ),
  specimen(
    '8 bits of Windows',
    plainMail('Lo haré antes del viernes', {}, { charset: 'windows-1252' }),
    { kind: 'human', meaning: 'commit 2026-11-06T16:00' },
    { locale: 'es' },
  ),
  specimen('a sign', plainMail('👍', {}, { encoding: 'base64' }), { kind: 'human', meaning: 'acknowledge' }),
  specimen('a tick', plainMail('✅', {}, { encoding: 'quoted-printable' }), done),
  specimen(
    'with a picture',
    mail(
      multipart('multipart/related', [
        partText({ type: 'text/html', body: '<p>Done</p><img src="cid:1">' }),
        attached('image/png', 'x', 'Content-ID: <1>\r\n'),
      ]),
    ),
    { ...done, text: 'Done' },
  ),
  specimen(
    'with a calendar that nobody asks anything by',
    mail(
      multipart('multipart/mixed', [
        partText({ type: 'text/plain', body: 'Done' }),
        attached(
          'text/calendar',
          'BEGIN:VCALENDAR\nMETHOD:PUBLISH\nEND:VCALENDAR\n',
          'Content-Disposition: attachment; filename=due.ics\r\n',
        ),
      ]),
    ),
    done,
  ),
  specimen('long', plainMail(`${'We are very sorry. '.repeat(500)}Done`), unclear),
  specimen(
    'huge',
    plainMail(`Done\n\n${QUOTE}${'> old\n'.repeat(500_000)}`),
    { kind: 'human', text: 'Done', meaning: 'unclear' },
    old,
  ),
  specimen(
    'huge, of HTML',
    mail(partText({ type: 'text/html', body: `<p>Done</p><blockquote>${'<p>old</p>'.repeat(200_000)}</blockquote>` })),
    { kind: 'human', text: 'Done', meaning: 'unclear' },
    old,
  ),
];

export const TRAPS: readonly Specimen[] = [...HEADS, ...PLACES, ...FORMS];
