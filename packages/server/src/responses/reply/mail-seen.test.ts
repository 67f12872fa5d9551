// A mail as its judges see it: headers as they stand, the types of what is in it, and its texts decoded.
import { expect, it } from 'vitest';
import { mail, multipart, partText, plainMail } from './corpus/mail-maker.test-kit.ts';
import { mailSeen } from './mail-seen.ts';

it('has its headers by name, folded ones joined, parsed ones as they stand', async () => {
  const seen = await mailSeen(
    plainMail('Hi', { more: 'List-Id: Team\n <team.example>\nX-Empty:\nPrecedence: bulk\nPrecedence: list\n' }),
  );
  expect(['list-id', 'x-empty', 'precedence', 'x-none', 'from'].map((name) => seen?.header(name))).toEqual([
    'Team <team.example>',
    '',
    'bulk',
    null,
    'Ana Lopez <ana.lopez@client.example>',
  ]);
});
it('has its words decoded, and no text made of HTML', async () => {
  expect(
    await mailSeen(plainMail('Größe', { subject: 'Größe' }, { charset: 'iso-8859-1', encoding: 'quoted-printable' })),
  ).toMatchObject({
    subject: 'Größe',
    text: 'Größe\n',
    html: '',
    type: 'text/plain',
    reportType: null,
  });
  expect(await mailSeen(mail(partText({ type: 'text/html', body: '<p>Hi</p>' })))).toMatchObject({
    text: '',
    html: '<p>Hi</p>\n',
  });
});
it('has the methods of its calendars, said by the part or within it', async () => {
  const calendar = (type: string, body: string) => mail(multipart('multipart/mixed', [partText({ type, body })]));
  expect(await mailSeen(calendar('text/calendar', 'BEGIN:VCALENDAR\nMETHOD:REPLY\n'))).toMatchObject({
    calendars: [{ method: 'REPLY' }],
  });
  expect(await mailSeen(calendar('text/calendar; method=counter', 'BEGIN:VCALENDAR\n'))).toMatchObject({
    calendars: [{ method: 'COUNTER' }],
  });
  expect(await mailSeen(calendar('application/ics', 'BEGIN:VCALENDAR\n'))).toMatchObject({
    calendars: [{ method: null }],
  });
});
it('says whether a text may stand behind what was read', async () => {
  const file = partText({ type: 'application/pdf', body: 'x'.repeat(1_100_000), encoding: 'base64' });
  const text = partText({ type: 'text/plain', body: 'Done' });
  const whole = async (...parts: string[]) => (await mailSeen(mail(multipart('multipart/mixed', parts))))?.whole;
  expect(await whole(text, file)).toBe(true);
  expect(await whole(text, file, text)).toBe(false);
  expect(await whole(text)).toBe(true);
  expect((await mailSeen(plainMail('Done '.repeat(300_000))))?.whole).toBe(false);
});
it('has the type of its report', async () => {
  expect(
    await mailSeen(
      mail(
        multipart('multipart/report', [partText({ type: 'text/plain', body: 'x' })], '; report-type=Delivery-Status'),
      ),
    ),
  ).toMatchObject({
    type: 'multipart/report',
    reportType: 'delivery-status',
  });
});
