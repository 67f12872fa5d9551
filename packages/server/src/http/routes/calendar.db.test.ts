// Calendars over HTTP: written, looked at, listed, deleted; bad ones refused with the place and what to write instead.
// The tests' clock stands at Monday, 2 November 2026, 09:00 UTC.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { knownCalendars } from '../../store/sql/calendar.ts';
import { latestOf } from '../../store/sql/latest.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const put = (id: string, body: object) => http.call('PUT', `/v1/calendars/${id}`, body);
const get = (path: string) => http.call('GET', `/v1/calendars${path.startsWith('?') ? '' : '/'}${path}`);

const PARIS = {
  name: 'Paris office',
  zone: 'Europe/Paris',
  hours: { 'mon-thu': '09:00-12:30, 14:00-18:00', fri: '09:00-17:00' },
  holidays: ['FR'],
  exceptions: { '2026-12-24': '09:00-12:00', '2026-12-28': 'closed' },
};

describe('a calendar', () => {
  it('is what was written, a new version with each change', async () => {
    const answer = await put('paris', PARIS);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ id: 'paris', version: 1, ...PARIS });
    expect((await put('paris', { ...PARIS, id: 'paris' })).body.version).toBe(1);
    expect((await put('paris', { ...PARIS, name: 'Office' })).body.version).toBe(2);
    expect((await put('paris', PARIS)).body.version).toBe(3);
    expect((await get('paris')).body).toEqual({ id: 'paris', version: 3, ...PARIS });
    expect((await put('paris', { ...PARIS, id: 'other' })).body.code).toBe('invalid');
    expect((await put('plain', { zone: 'UTC' })).body).toEqual({ id: 'plain', version: 1, name: null, zone: 'UTC' });
  });

  it.each<[object, string, RegExp]>([
    [{ zone: 'Mars/Olympus' }, 'zone', /an IANA name such as Europe\/Paris is expected/],
    [{ hours: { 'mon-fri': '09:00-25:00' } }, 'hours.mon-fri', /"25:00" \(at character 7\)$/],
    [{ hours: { 'mon-fry': '09:00-17:00' } }, 'hours.mon-fry', /a day is expected \(mon, tue/],
    [{ holidays: ['FR', 'DE-XY'] }, 'holidays.1', /"XY" is not a state of DE; write one of BB, BE, /],
    [
      { holidays: 'UK' },
      'holidays',
      /no holidays for the country "UK"; write one of AD, .*\bGB\b.* or give its holidays/,
    ],
    [{ holidays: { icalendar: 'hello' } }, 'holidays.icalendar', /^on line 1 .* expected after "hello"/],
    [{ exceptions: { '2026-02-30': 'closed' } }, 'exceptions.2026-02-30', /a date that exists is expected/],
    [{ colour: 'red' }, '', /colour/],
  ])('with %j is refused at %s', async (change, path, message) => {
    const answer = await put('bad', { ...PARIS, ...change });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid', next: 'Correct the fields in `errors`.', errors: [{ path }] },
    });
    expect(answer.body.errors[0].message).toMatch(message);
    expect((await get('bad')).status).toBe(404);
  });

  it('is listed, and deleted', async () => {
    await put('a', { zone: 'UTC' });
    const first = (await get('?limit=1')).body;
    expect(first.items).toEqual([{ id: 'a', version: 1, name: null, zone: 'UTC' }]);
    expect((await get(`?limit=1&cursor=${first.nextCursor}`)).body.items).toMatchObject([{ id: 'paris' }]);
    expect((await http.call('DELETE', '/v1/calendars/a')).status).toBe(204);
    expect((await http.call('DELETE', '/v1/calendars/a')).body.code).toBe('not_found');
  });

  it('that a policy names cannot be deleted until it does not', async () => {
    await put('named', { zone: 'UTC' });
    const publish = (calendar: unknown) =>
      http.call('PUT', '/v1/policies/page', {
        policy: 'page',
        key: 'event.data.id',
        assignee: "'ana'",
        calendar,
        stages: [{ id: 'n', at: 'opened' }],
      });
    expect((await publish('namd')).body.errors).toMatchObject([
      { code: 'policy_calendar_unknown', path: 'calendar', message: expect.stringContaining('Did you mean `named`?') },
    ]);
    expect((await publish({ zone: 'UTC', holidays: 'UK' })).body.errors).toMatchObject([
      { code: 'policy_calendar_unknown', path: 'calendar.holidays' },
    ]);
    await publish('named');
    const refused = await http.call('DELETE', '/v1/calendars/named');
    expect(refused).toMatchObject({ status: 409, body: { code: 'in_use', policies: ['page'] } });
    expect(refused.body.detail).toBe('The calendar "named" is named by the published policy "page".');
    // What was opened counts in it still.
    const open = { policy: 'page', key: 'k', data: { id: 'k' }, assignee: 'ana' };
    const { body: opened } = await http.call('POST', '/v1/follow-ups', open);
    expect((await publish({ zone: 'UTC' })).status).toBe(200);
    expect((await http.call('DELETE', '/v1/calendars/named')).body).toMatchObject({
      code: 'in_use',
      policies: ['page'],
    });
    expect((await http.call('POST', `/v1/follow-ups/${opened.id}/cancel`, {})).status).toBe(200);
    expect((await http.call('DELETE', '/v1/calendars/named')).status).toBe(204);
  });

  it('is another tenant’s own', async () => {
    const other = { authorization: `Bearer ${await http.key('other')}` };
    const as = (method: string, path: string, body?: object) =>
      http.call(method, `/v1/calendars/${path}`, body, {
        ...other,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      });
    expect((await as('GET', 'paris/days')).status).toBe(404);
    expect((await as('PUT', 'paris', { zone: 'UTC' })).body.version).toBe(1);
    expect((await as('DELETE', 'paris')).status).toBe(204);
    expect((await get('paris')).body.zone).toBe('Europe/Paris');
  });

  it('is read for decisions, several at once', async () => {
    const asked = [
      { tenant: 'default', id: 'paris' },
      { tenant: 'default', id: 'paris' },
      { tenant: 'default', id: 'nothing' },
      { tenant: 'other', id: 'paris' },
    ];
    const latest = (stamp: string | null) =>
      http.world.database.transaction(ENGINE, (tx) =>
        latestOf(
          tx,
          'calendars',
          asked.map((one) => ({ ...one, known: stamp })),
        ),
      );
    const read = await latest(null);
    const stamp = expect.stringMatching(/^3\//);
    expect(read).toEqual([{ tenant: 'default', id: 'paris', stamp, body: PARIS }]);
    expect(await latest(read[0]?.stamp ?? '')).toEqual([{ tenant: 'default', id: 'paris', stamp, body: null }]);
    const known = await http.world.database.transaction(ENGINE, (tx) => knownCalendars(tx, 'default'));
    expect([...known].sort()).toEqual(['paris', 'plain']);
  });
});

describe('the next working days', () => {
  it('are shown with their hours, and with the holidays and exceptions among them', async () => {
    const answer = await get('paris/days?from=2026-12-23&count=4');
    expect(answer.body).toEqual({
      id: 'paris',
      version: 3,
      zone: 'Europe/Paris',
      from: '2026-12-23',
      to: '2026-12-30',
      days: [
        ['2026-12-23', 'wed', '09:00-12:30, 14:00-18:00', '08:00', '17:00'],
        ['2026-12-24', 'thu', '09:00-12:00', '08:00', '11:00'],
        ['2026-12-29', 'tue', '09:00-12:30, 14:00-18:00', '08:00', '17:00'],
        ['2026-12-30', 'wed', '09:00-12:30, 14:00-18:00', '08:00', '17:00'],
      ].map(([date, weekday, hours, opens, closes]) => ({
        date,
        weekday,
        hours,
        opensAt: `${date}T${opens}:00.000Z`,
        closesAt: `${date}T${closes}:00.000Z`,
      })),
      special: [
        { date: '2026-12-24', weekday: 'thu', hours: '09:00-12:00', name: null },
        { date: '2026-12-25', weekday: 'fri', hours: 'closed', name: 'Christmas Day' },
        { date: '2026-12-28', weekday: 'mon', hours: 'closed', name: null },
      ],
    });
  });

  it('are ten from today on when nothing is said, in any year that zones have', async () => {
    const { from, to, days, special } = (await get('paris/days')).body;
    expect({ from, to, count: days.length }).toEqual({ from: '2026-11-02', to: '2026-11-16', count: 10 });
    expect(special.map(({ name }: { name: string }) => name)).toEqual(['Armistice Day']);
    const far = (await get('paris/days?from=2051-12-25&count=1')).body;
    expect(far.special[0]).toMatchObject({ date: '2051-12-25', name: 'Christmas Day' });
  });

  it.each(['from=2026-02-30', 'from=24.12.2026', 'from=1999-01-01', 'count=0', 'count=101', 'to=2026-12-24'])(
    'are refused for %s',
    async (query) => {
      const answer = await get(`paris/days?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: query.split('=')[0] }] } });
    },
  );
});
