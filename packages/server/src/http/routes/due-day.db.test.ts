// What is due on a day is told as that day, wherever it is read and at no time of it; what is due at a time keeps it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana', email: 'ana@x.test', locale: 'en-GB', timeZone: 'Asia/Tokyo' },
    { id: 'bo', name: 'Bo', email: 'bo@x.test', locale: 'fr', timeZone: 'Europe/Paris' },
  ]);
  await http.world.policy(`
policy: bill
open: { on: bill.issued }
update: { on: bill.changed }
key: event.data.id
subject: { type: bill, id: event.data.id, title: "'Bill ' + event.data.id" }
assignee: event.data.who
due: event.data.due
calendar: { zone: Europe/Paris }
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: news, at: { changed: data.due }, notify: { via: [email] } }
`);
});
afterAll(() => http.end());

const tell = async (type: string, data: object) => {
  const event = { specversion: '1.0', id: `${type}-${JSON.stringify(data)}`, source: 'test', type, data };
  const { body } = await http.call('POST', '/v1/events', event, { 'content-type': 'application/cloudevents+json' });
  await http.world.settle();
  return body.followUps[0].id as string;
};
const mails = async (followUp: string): Promise<{ text: string; actions: { name: string; url: string }[] }[]> => {
  const { body } = await http.call('GET', `/v1/messages?followUp=${followUp}`);
  const whole = body.items.map(({ id }: { id: string }) => http.call('GET', `/v1/messages/${id}`));
  return (await Promise.all(whole)).map((one) => one.body.content);
};

it('a day stays a day in the mail and on its page, until a time is said', async () => {
  const id = await tell('bill.issued', { id: '1', who: 'ana', due: '2026-12-01' });
  const [mail] = await mails(id);
  expect(mail?.text).toContain('Due Tuesday, 1 December 2026.\n');
  const page = await http.call('GET', new URL(mail?.actions[0]?.url ?? '').pathname);
  expect(page.text).toContain('Due Tuesday, 1 December 2026<');
  // Stages count from its end, and the API says when that is.
  expect((await http.call('GET', `/v1/follow-ups/${id}`)).body.dueAt).toBe('2026-12-01T16:00:00.000Z');
  await tell('bill.changed', { id: '1', due: '2026-12-02T08:30:00Z' });
  const texts = (await mails(id)).map(({ text }) => text).join('\n');
  expect(texts).toContain('Due Wednesday 2 December at 17:30 GMT+9.');
});

it('in the words of one’s own, in the language of the reader, and among what else waits', async () => {
  const id = await tell('bill.issued', { id: '2', who: 'bo', due: '2026-12-01' });
  await tell('bill.issued', { id: '3', who: 'bo', due: '2026-12-03' });
  const text =
    '{{ followUp.dueAt | local_time }} {{ followUp.dueAt | relative_time }} {{ followUp.dueAt | days_until }}; {{ pending[0].dueAt | local_time }}';
  const template = { language: 'fr', sms: { text } };
  const seen = await http.call('POST', '/v1/templates/new/preview', { channel: 'sms', followUp: id, template });
  expect(seen.body.content.text).toBe('mardi 1 décembre 2026 dans 4 semaines 29; jeudi 3 décembre 2026');
});

it('is the instant at which that day ends wherever it is compared, reckoned with or sent', async () => {
  const id = await tell('bill.issued', { id: '4', who: 'ana', due: '2026-11-02' });
  await tell('bill.issued', { id: '5', who: 'ana', due: '2026-11-05' });
  const written = async (text: string): Promise<string> => {
    const ask = { channel: 'sms', followUp: id, template: { sms: { text } } };
    return (await http.call('POST', '/v1/templates/new/preview', ask)).body.content.text;
  };
  // It is due today, and today is not over.
  expect(await written('{% if followUp.dueAt < now %}late{% else %}in time{% endif %}')).toBe('in time');
  expect(await written('{% if followUp.dueAt %}{{ followUp.dueAt | in_past }}{% endif %}')).toBe('false');
  expect(await written('{{ followUp.dueAt }} {{ followUp.dueAt | local_date }}')).toBe(
    '2026-11-02T16:00:00.000Z Monday, 2 November 2026',
  );
  // Ana is in Tokyo, where it is the next day by then; the bill is due in Paris.
  expect(await written('{{ followUp.dueAt | date: "%d/%m %H:%M" }}')).toBe('02/11 17:00');
  expect(await written('{{ pending | sort: "dueAt" | map: "dueAt" | join: " " }}')).toMatch(
    /^2026-11-05T\S+Z 2026-12-02T08:30:00.000Z$/,
  );
});
