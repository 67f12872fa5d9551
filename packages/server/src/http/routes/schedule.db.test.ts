// Schedules over HTTP: written, asked, listed, exported, imported, deleted; bad ones refused with the place. The tests'
// clock stands at Monday, 2 November 2026, 09:00 UTC.
import { instant, onCallAt } from '@relance/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { compiledSchedules } from '../../store/sql/schedule.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: 'ana', name: 'Ana García', email: 'ana@example.test' },
    { id: 'bo', name: 'Bo' },
    { id: 'cleo', name: 'ÉCLAIR', email: 'cleo@example.test' },
  ]);
});
afterAll(() => http.end());

const put = (id: string, body: object) => http.call('PUT', `/v1/schedules/${id}`, body);
const get = (path: string) => http.call('GET', `/v1/schedules${path.startsWith('?') ? '' : '/'}${path}`);
const take = (id: string, text: string, query = '') =>
  http.call('POST', `/v1/schedules/${id}/import${query}`, text, { 'content-type': 'text/calendar; charset=utf-8' });

const WEEKLY = { every: '1 week', handover: { day: 'mon', at: '09:00' }, start: '2026-10-05', members: ['ana', 'bo'] };
const PRIMARY = { name: 'Primary', timeZone: 'Europe/Paris', layers: [{ rotation: WEEKLY }] };

describe('a schedule', () => {
  it('is what was written, a new version with each change, and without warnings when all is well', async () => {
    const answer = await put('primary', PRIMARY);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ id: 'primary', version: 1, ...PRIMARY, overrides: [], warnings: [] });
    expect((await put('primary', { ...PRIMARY, id: 'primary' })).body.version).toBe(1);
    expect((await put('primary', { ...PRIMARY, name: 'First' })).body.version).toBe(2);
    expect((await put('primary', PRIMARY)).body.version).toBe(3);
    expect((await get('primary')).body).toEqual({ id: 'primary', version: 3, ...PRIMARY, overrides: [] });
    expect((await put('primary', { ...PRIMARY, id: 'other' })).body.code).toBe('invalid');
  });

  it('warns of people who are not known and of hours without anybody', async () => {
    const evenings = { rotation: { ...WEEKLY, members: ['ana', ['bo', 'zoe']] }, restrictions: [{ from: '18:00' }] };
    const { body } = await put('warned', { ...PRIMARY, layers: [evenings] });
    expect(body.warnings).toEqual([
      {
        path: 'layers.0.rotation.members.1',
        message: 'There is no recipient "zoe" yet; until there is, nobody is told in their place.',
      },
      {
        path: 'layers',
        message:
          'Within 28 days nobody is on call from 2026-11-02T09:00:00.000Z to 2026-11-02T17:00:00.000Z, and 28 more times.',
      },
    ]);
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ layers: [{ rotation: { ...WEEKLY, every: '1 wek' } }] }, 'layers.0.rotation.every'],
    [{ layers: [{ rotation: { ...WEEKLY, members: [] } }] }, 'layers.0.rotation.members'],
    [{ overrides: [{ id: 'o', from: '2026-11-03', to: '2026-11-02', recipient: 'bo' }] }, 'overrides.0.to'],
    [{ colour: 'red' }, ''],
  ])('with %j is refused at %s', async (change, path) => {
    const answer = await put('bad', { ...PRIMARY, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ path }] } });
    expect((await get('bad')).status).toBe(404);
  });

  it('is listed, and deleted', async () => {
    await put('a', { timeZone: 'UTC' });
    const first = (await get('?limit=1')).body;
    expect(first.items).toMatchObject([{ id: 'a', version: 1, name: null, layers: [], overrides: [] }]);
    expect((await get(`?limit=1&cursor=${first.nextCursor}`)).body.items).toMatchObject([{ id: 'primary' }]);
    expect((await http.call('DELETE', '/v1/schedules/a')).status).toBe(204);
    expect((await http.call('DELETE', '/v1/schedules/a')).body.code).toBe('not_found');
  });

  it('that a policy names cannot be deleted until it does not', async () => {
    await put('named', { timeZone: 'UTC' });
    const publish = (to: string) =>
      http.call('PUT', '/v1/policies/page', {
        policy: 'page',
        title: 'onCall(primary)!',
        key: 'event.id',
        assignee: 'event.data.who',
        stages: [{ id: 'n', at: 'opened', notify: [{ to: [to] }] }],
      });
    expect((await publish('onCall(named, 2)')).status).toBe(200);
    const refused = await http.call('DELETE', '/v1/schedules/named');
    expect(refused).toMatchObject({ status: 409, body: { code: 'in_use', policies: ['page'] } });
    await publish('assignee');
    expect((await http.call('DELETE', '/v1/schedules/named')).status).toBe(204);
  });

  it('is another tenant’s own', async () => {
    const other = { authorization: `Bearer ${await http.key('other')}` };
    const as = (method: string, path: string, body?: object) =>
      http.call(method, `/v1/schedules/${path}`, body, {
        ...other,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      });
    expect((await as('GET', 'primary/on-call')).status).toBe(404);
    expect((await as('PUT', 'primary', { timeZone: 'UTC' })).body.version).toBe(1);
    expect((await as('DELETE', 'primary')).status).toBe(204);
    expect((await get('primary')).body.timeZone).toBe('Europe/Paris');
  });
});

const onCallOf = ([one]: Awaited<ReturnType<typeof compiledSchedules>>): readonly string[] =>
  one === undefined ? [] : onCallAt(one.schedule, instant(Date.UTC(2026, 10, 3, 12))).recipients;

describe('who is on call', () => {
  beforeAll(async () => {
    await put('asked', {
      ...PRIMARY,
      layers: [
        { id: 'base', rotation: WEEKLY },
        { id: 'backup', level: 2, rotation: { ...WEEKLY, members: ['cleo'] } },
      ],
      overrides: [
        { id: 'swap', from: '2026-11-03T00:00:00Z', to: '2026-11-04T00:00:00Z', recipient: 'bo' },
        { id: 'off', from: '2026-11-05T00:00:00Z', to: '2026-11-06T00:00:00Z', recipient: null },
      ],
    });
  });

  it('is answered for now and for any time, at every level or one', async () => {
    const base = { from: '2026-11-02T08:00:00.000Z', source: 'layer' };
    expect((await get('asked/on-call')).body).toEqual({
      at: '2026-11-02T09:00:00.000Z',
      onCall: [
        { ...base, level: 1, recipients: ['ana'], until: '2026-11-03T00:00:00.000Z', sourceId: 'base' },
        { ...base, level: 2, recipients: ['cleo'], until: '2026-11-09T08:00:00.000Z', sourceId: 'backup' },
      ],
      gap: false,
    });
    expect((await get('asked/on-call?at=2026-11-03T12:00:00%2B01:00&level=1')).body.onCall).toMatchObject([
      { recipients: ['bo'], source: 'override', sourceId: 'swap' },
    ]);
    expect((await get('asked/on-call?at=2026-11-05T12:00:00Z&level=1')).body).toMatchObject({
      onCall: [{ recipients: [], source: 'override', sourceId: 'off' }],
      gap: true,
    });
    expect((await get('asked/on-call?at=tomorrow')).body.errors).toMatchObject([{ path: 'at' }]);
    expect((await get('asked/on-call?level=11')).body.errors).toMatchObject([{ path: 'level' }]);
  });

  it('is nobody where the person is not known, as for a stage that runs', async () => {
    const days = { ...WEEKLY, every: '1 day', handover: { at: '00:00' }, start: '2026-11-02' };
    await put('strange', { timeZone: 'UTC', layers: [{ rotation: { ...days, members: ['zoe', ['bo', 'zoe']] } }] });
    expect((await get('strange/on-call')).body).toMatchObject({ gap: true, onCall: [{ level: 1, recipients: [] }] });
    expect((await get('strange/on-call?at=2026-11-03T09:00:00Z')).body).toMatchObject({
      gap: false,
      onCall: [{ recipients: ['bo'] }],
    });
    expect((await get('strange/gaps?from=2026-11-02T12:00:00Z&to=2026-11-04T12:00:00Z')).body.items).toEqual([
      { level: 1, from: '2026-11-02T12:00:00.000Z', until: '2026-11-03T00:00:00.000Z' },
      { level: 1, from: '2026-11-04T00:00:00.000Z', until: '2026-11-04T12:00:00.000Z' },
    ]);
  });

  it('is listed as shifts and gaps, page by page', async () => {
    const span = 'from=2026-11-02T12:00:00Z&to=2026-11-09T12:00:00Z';
    const pages: string[][] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get(`asked/shifts?${span}&limit=2${cursor}`);
      pages.push(
        body.items.map(
          (one: { level: number; recipients: string[]; from: string }) => `${one.level} ${one.recipients} ${one.from}`,
        ),
      );
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(pages).toEqual([
      ['1 ana 2026-11-02T08:00:00.000Z', '1 bo 2026-11-03T00:00:00.000Z'],
      ['1 ana 2026-11-04T00:00:00.000Z', '1 ana 2026-11-06T00:00:00.000Z'],
      ['1 bo 2026-11-09T08:00:00.000Z', '2 cleo 2026-11-02T08:00:00.000Z'],
      ['2 cleo 2026-11-09T08:00:00.000Z'],
    ]);
    expect((await get(`asked/gaps?${span}`)).body).toEqual({
      items: [{ level: 1, from: '2026-11-05T00:00:00.000Z', until: '2026-11-06T00:00:00.000Z' }],
      nextCursor: null,
    });
    expect((await get('asked/shifts?from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z')).body.code).toBe('invalid');
    expect((await get('asked/gaps?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).body.code).toBe('invalid');
    expect((await get('asked/gaps?cursor=Zm9v')).body.code).toBe('invalid');
  });

  it('is read for decisions, several schedules at once', async () => {
    const refs = [
      { tenant: 'default', id: 'asked' },
      { tenant: 'default', id: 'asked' },
      { tenant: 'default', id: 'nothing' },
      { tenant: 'other', id: 'asked' },
    ];
    const read = await http.world.database.transaction(ENGINE, (tx) => compiledSchedules(tx, refs));
    expect(read).toMatchObject([{ tenant: 'default', id: 'asked' }]);
    expect(onCallOf(read)).toEqual(['bo']);
  });

  it('is compiled once for each version, also where one was deleted and made again', async () => {
    const ask = (bodies: (string | null)[] = []) =>
      http.world.database.transaction(ENGINE, (tx) =>
        compiledSchedules(
          {
            async query(text, values) {
              const rows = await tx.query(text, values);
              bodies.push(...rows.map((row) => (row.body === null ? null : 'read')));
              return rows as never;
            },
          },
          [{ tenant: 'default', id: 'compiled' }],
        ),
      );
    const on = (who: string) => ({ ...PRIMARY, layers: [{ rotation: { ...WEEKLY, members: [who] } }] });
    await put('compiled', on('ana'));
    const bodies: (string | null)[] = [];
    const first = await ask(bodies);
    expect(await ask(bodies)).toEqual(first);
    expect((await ask(bodies))[0]?.schedule).toBe(first[0]?.schedule);
    expect(bodies).toEqual(['read', null, null]);
    await put('compiled', on('bo'));
    expect(onCallOf(await ask())).toEqual(['bo']);
    await http.call('DELETE', '/v1/schedules/compiled');
    expect(await ask()).toEqual([]);
    expect((await put('compiled', on('cleo'))).body.version).toBe(3);
    expect(onCallOf(await ask())).toEqual(['cleo']);
    // What another release wrote and this one cannot read is nobody, and nobody else's trouble.
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query(`UPDATE relance.schedules SET body = '{"zones": []}', version = 9 WHERE id = 'compiled'`),
    );
    expect(await ask()).toEqual([]);
  });
});

describe('calendars', () => {
  const event = (uid: string, ...lines: string[]) =>
    ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTART:20261112T090000Z', 'DTEND:20261113T090000Z', ...lines, 'END:VEVENT'].join(
      '\r\n',
    );
  const calendar = (...events: string[]) => ['BEGIN:VCALENDAR', ...events, 'END:VCALENDAR', ''].join('\r\n');

  it('go out as text/calendar, for everybody or one person', async () => {
    await put('out', PRIMARY);
    const answer = await get('out/calendar.ics?from=2026-11-02T12:00:00Z&to=2026-11-10T00:00:00Z');
    expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(answer.text).toContain('DTSTART:20261102T080000Z\r\nDTEND:20261109T080000Z\r\nSUMMARY:On call: Ana García');
    expect(answer.text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect((await get('out/calendar.ics')).text.match(/BEGIN:VEVENT/g)?.length).toBeGreaterThan(25);
    expect((await get('out/calendar.ics?recipient=bo')).text).not.toContain('Ana');
  });

  it('come in as overrides of those they name; what names nobody is told of', async () => {
    await put('in', PRIMARY);
    const text = calendar(
      event('u1', 'SUMMARY:On call - Éclair'),
      event('u2', 'ATTENDEE:mailto:ANA@example.test'),
      event('u3', 'SUMMARY:Team lunch'),
      event('u4', 'SUMMARY:bo', 'RRULE:FREQ=WEEKLY'),
    );
    expect((await take('in', text)).body).toEqual({
      id: 'in',
      version: 2,
      imported: 2,
      removed: 0,
      skippedCount: 2,
      skipped: [
        { uid: 'u3', summary: 'Team lunch', reason: 'names nobody who is known' },
        { uid: 'u4', summary: 'bo', reason: 'comes back: write it as a rotation, or export single events' },
      ],
    });
    expect((await take('in', text)).body.version).toBe(2);
    expect((await get('in')).body.overrides).toMatchObject([
      { id: 'u1', recipient: 'cleo', from: '2026-11-12T09:00:00.000Z', to: '2026-11-13T09:00:00.000Z' },
      { id: 'u2', recipient: 'ana' },
    ]);
    const later = calendar(event('u1', 'STATUS:CANCELLED'), event('u2', 'SUMMARY:Bo'));
    expect((await take('in', later, '?level=2')).body).toMatchObject({ version: 3, imported: 1, removed: 1 });
    expect((await get('in')).body.overrides).toMatchObject([{ id: 'u2', recipient: 'bo', level: 2 }]);
  });

  it('go round: what is exported can be imported elsewhere', async () => {
    const { text } = await get('out/calendar.ics?from=2026-11-02T12:00:00Z&to=2026-11-20T00:00:00Z');
    await put('round', { timeZone: 'Asia/Tokyo' });
    expect((await take('round', text)).body).toMatchObject({ imported: 3, skipped: [] });
    const at = '?at=2026-11-12T12:00:00Z';
    expect((await get(`round/on-call${at}`)).body.onCall).toMatchObject([{ recipients: ['bo'], source: 'override' }]);
    expect((await get(`out/on-call${at}`)).body.onCall).toMatchObject([{ recipients: ['bo'], source: 'layer' }]);
  });

  it('that are none, or too many, change nothing', async () => {
    await put('kept', PRIMARY);
    expect((await take('kept', 'hello')).body.code).toBe('invalid');
    expect((await take('kept', `${calendar()}\u0000`)).body.code).toBe('bad_text');
    expect((await http.call('POST', '/v1/schedules/kept/import', {})).body.code).toBe('unsupported_media_type');
    expect((await take('nothing', calendar())).status).toBe(404);
    const many = calendar(...Array.from({ length: 1_001 }, (_, index) => event(`m${index}`, 'SUMMARY:bo')));
    expect((await take('kept', many)).body).toMatchObject({ code: 'unprocessable' });
    expect((await get('kept')).body.version).toBe(1);
    const elsewhere = await http.call('PUT', '/v1/groups/x', calendar(), { 'content-type': 'text/calendar' });
    expect(elsewhere.status).toBe(415);
  });
});
