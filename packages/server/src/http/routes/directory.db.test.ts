// What a tenant writes down: recipients, groups, templates, categories, policies. Written, read, listed, deleted; bad ones
// are refused with the place; a recipient that follow-ups wait for lets them go on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
});
afterAll(() => http.end());

const put = (url: string, body: unknown, headers?: Record<string, string>) => http.call('PUT', url, body, headers);
const get = (url: string) => http.call('GET', url);
const YAML = { 'content-type': 'application/yaml' };

const ANA = {
  name: 'Ana',
  email: 'ana@example.test',
  phone: '+34600000001',
  locale: 'es-ES',
  timeZone: 'Europe/Madrid',
  location: { country: 'ES', city: 'Madrid' },
  manager: 'bo',
  traits: { plan: 'pro' },
  endpoints: [{ channel: 'webhook', address: 'https://example.test/hook' }],
  plan: { normal: ['inbox', { channel: 'email', after: '2 hours' }] },
  away: [],
};

describe('recipients', () => {
  it('are what was written, in the documented shape', async () => {
    expect(await put('/v1/recipients/ana', ANA)).toMatchObject({ status: 200, body: { id: 'ana', ...ANA } });
    expect((await get('/v1/recipients/ana')).body).toEqual({ id: 'ana', ...ANA });
    const bare = await put('/v1/recipients/bare', { id: 'bare' });
    expect(bare.body).toMatchObject({ name: null, email: null, traits: {}, endpoints: [], plan: null, away: [] });
  });

  it('have their numbers read as they are written at home, and keep them as E.164', async () => {
    const answer = await put('/v1/recipients/numbers', {
      phone: '06 12 34 56 78',
      location: { country: 'FR' },
      endpoints: [{ channel: 'sms', address: '0034 600-000-001' }],
    });
    const stored = { phone: '+33612345678', endpoints: [{ channel: 'sms', address: '+34600000001' }] };
    expect(answer.body).toMatchObject(stored);
    expect((await get('/v1/recipients/numbers')).body).toMatchObject(stored);
  });

  it('are replaced whole', async () => {
    await put('/v1/recipients/whole', ANA);
    await put('/v1/recipients/whole', { name: 'W' });
    expect((await get('/v1/recipients/whole')).body).toMatchObject({
      name: 'W',
      email: null,
      manager: null,
      traits: {},
    });
  });

  it.each([
    [{ email: 'not an address' }, 'email'],
    [{ email: 'a@b@c' }, 'email'],
    [{ email: 'a\r\nBcc: b@c.d' }, 'email'],
    [{ phone: '0600000001' }, 'phone'],
    [{ phone: '+34 600' }, 'phone'],
    [{ phone: '0899 123 456', location: { country: 'FR' } }, 'phone'],
    [{ phone: '+1 202 555 0123 ext 5' }, 'phone'],
    [{ phone: '+0346000000' }, 'phone'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ locale: 'not a tag' }, 'locale'],
    [{ endpoints: [{ channel: 'email', address: 'x' }] }, 'endpoints.0.address'],
    [{ endpoints: [{ channel: 'sms', address: 'x' }] }, 'endpoints.0.address'],
    [{ endpoints: [{ channel: 'webhook', address: 'javascript:alert(1)' }] }, 'endpoints.0.address'],
    [{ endpoints: [{ channel: 'webhook', address: 'https://10.0.0.1/in' }] }, 'endpoints.0.address'],
    [{ endpoints: [{ channel: 'webhook', address: 'https://localhost/in' }] }, 'endpoints.0.address'],
    [{ endpoints: [{ channel: 'fax', address: 'x' }] }, 'endpoints.0.channel'],
    [{ plan: { normal: [{ channel: 'email', after: 'soon' }] } }, 'plan.normal.0.after'],
    [{ traits: { big: 'x'.repeat(20_000) } }, 'traits'],
    [{ tenant: 'other' }, ''],
    [{ id: 'someone-else' }, null],
  ])('%j is refused at %s', async (body, path) => {
    const answer = await put('/v1/recipients/bad', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } });
    if (path !== null) expect(answer.body.errors).toMatchObject([{ path, message: expect.stringMatching(/\S/) }]);
    expect((await get('/v1/recipients/bad')).status).toBe(404);
  });

  it('a webhook at a host that the operator allows is taken', async () => {
    const endpoints = [{ channel: 'webhook', address: 'http://office.internal/in' }];
    expect(await put('/v1/recipients/inside', { endpoints })).toMatchObject({ status: 200, body: { endpoints } });
    expect((await http.call('DELETE', '/v1/recipients/inside')).status).toBe(204);
  });

  it('in bulk: the good are written, each bad one is named', async () => {
    const list = [
      { id: 'c1', name: 'C1' },
      { name: 'nobody' },
      { id: 'c2', email: 'x' },
      { id: 'c3', endpoints: [{ channel: 'sms', address: 'x' }] },
      { id: 'c4' },
      { id: 'c5', endpoints: [{ channel: 'webhook', address: 'http://169.254.169.254/' }] },
      { id: 'c6', colour: 'red' },
    ];
    expect((await http.call('POST', '/v1/recipients/bulk', list)).body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, code: 'invalid' },
        { index: 2, code: 'invalid', detail: expect.stringContaining('email') },
        { index: 3, code: 'invalid', detail: expect.stringContaining('endpoints.0.address') },
        { index: 5, code: 'invalid', detail: expect.stringMatching(/169\.254\.169\.254 is not a public address/) },
        {
          index: 6,
          code: 'invalid',
          detail: expect.stringMatching(/^The recipient: there is no field "colour" \(known: /),
        },
      ],
    });
    expect((await get('/v1/recipients/c4')).status).toBe(200);
    expect((await get('/v1/recipients/c3')).status).toBe(404);
    const many = Array.from({ length: 1_001 }, (_, index) => ({ id: `m${index}` }));
    expect((await http.call('POST', '/v1/recipients/bulk', many)).body.code).toBe('too_large');
  });

  it('in bulk tell what became of each, and of a dry run what would', async () => {
    await put('/v1/recipients/d1', { ...ANA, manager: null, phone: '+33612345678' });
    const list = [
      { id: 'd1', name: 'Anna', location: { city: 'Lyon' }, traits: { seats: 3 } },
      { id: 'd1', name: 'Anna', traits: { seats: 3 } },
      { id: 'd2', email: 'd2@example.test' },
      { id: 'd3', timeZone: 'Mars/Olympus' },
      { id: 'd2', phone: '06 12 34 56 78', location: { country: 'FR' } },
      'nobody',
    ];
    const told = {
      accepted: 2,
      rejected: [
        { index: 3, code: 'invalid', detail: expect.stringContaining('timeZone') },
        { index: 5, code: 'invalid' },
      ],
      results: [
        { index: 0, id: 'd1', result: 'changed', fields: ['name', 'location', 'traits'] },
        { index: 1, id: 'd1', result: 'unchanged', fields: [] },
        { index: 2, id: 'd2', result: 'created', fields: [] },
        { index: 4, id: 'd2', result: 'changed', fields: ['phone', 'location'] },
      ],
    };
    const bulk = (query: string, body: unknown = list) => http.call('POST', `/v1/recipients/bulk${query}`, body);
    expect((await bulk('?merge=true&dryRun=true')).body).toMatchObject(told);
    // Nothing was written.
    expect((await get('/v1/recipients/d1')).body).toMatchObject({ name: 'Ana', traits: { plan: 'pro' } });
    expect((await get('/v1/recipients/d2')).status).toBe(404);
    expect((await bulk('?merge=true')).body).toMatchObject(told);
    expect((await get('/v1/recipients/d1')).body).toMatchObject({
      name: 'Anna',
      email: ANA.email,
      phone: '+33612345678',
      location: { country: 'ES', city: 'Lyon' },
      traits: { plan: 'pro', seats: 3 },
      plan: ANA.plan,
    });
    expect((await get('/v1/recipients/d2')).body).toMatchObject({ email: 'd2@example.test', phone: '+33612345678' });
    // A number is read as in the country that is known already; what is emptied is empty.
    await bulk('?merge=true', [{ id: 'd2', phone: '06 12 34 56 79', email: null }]);
    expect((await get('/v1/recipients/d2')).body).toMatchObject({ email: null, phone: '+33612345679' });
    // Without it they are replaced whole, and told so.
    expect((await bulk('?dryRun=true', [{ id: 'd2' }])).body.results).toEqual([
      { index: 0, id: 'd2', result: 'changed', fields: ['phone', 'location'] },
    ]);
    expect((await bulk('?dry=true')).body.code).toBe('invalid');
    for (const id of ['d1', 'd2']) await http.call('DELETE', `/v1/recipients/${id}`);
  });

  it('are listed page by page, and deleted', async () => {
    const ids: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await get(`/v1/recipients?limit=2${cursor}`);
      ids.push(...body.items.map((one: { id: string }) => one.id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toContain('ana');
    expect((await http.call('DELETE', '/v1/recipients/c4')).status).toBe(204);
    expect((await http.call('DELETE', '/v1/recipients/c4')).body.code).toBe('not_found');
    expect((await get('/v1/recipients/c4')).status).toBe(404);
  });
});

const TASK = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { via: [email] } } ]
`;

describe('a recipient that a follow-up waits for', () => {
  it('lets it go on at once when created', async () => {
    await put('/v1/policies/task', TASK, YAML);
    await http.call('POST', '/v1/events', {
      specversion: '1.0',
      id: 'w1',
      source: '/s',
      type: 'task.created',
      data: { id: 'w1', who: 'late' },
    });
    await http.world.settle();
    const url = '/v1/follow-ups/by-key/task/w1';
    expect((await get(url)).body).toMatchObject({ status: 'open', waitsFor: 'unknown_recipient' });
    expect((await get(`${url}/explain`)).body.summary).toContain('waits');
    const before = http.world.sent().length;
    await put('/v1/recipients/late', { email: 'late@example.test' });
    await http.world.settle();
    expect(http.world.sent().slice(before)).toEqual(['email late notice']);
    expect((await get(url)).body.waitsFor).not.toBe('unknown_recipient');
    const messages = (await get('/v1/recipients/late/messages')).body.items;
    expect(messages).toMatchObject([
      {
        recipient: 'late',
        channel: 'email',
        stage: 'notice',
        status: 'accepted',
        content: { subject: expect.stringMatching(/\S/) },
      },
    ]);
  });

  it('is not waited for by another tenant', async () => {
    await http.call('POST', '/v1/events', {
      specversion: '1.0',
      id: 'w2',
      source: '/s',
      type: 'task.created',
      data: { id: 'w2', who: 'foreign' },
    });
    await http.world.settle();
    const other = { authorization: `Bearer ${await http.key('other')}` };
    await put('/v1/recipients/foreign', { email: 'foreign@example.test' }, other);
    await http.world.settle();
    expect((await get('/v1/follow-ups/by-key/task/w2')).body.waitsFor).toBe('unknown_recipient');
  });
});

describe('groups and categories', () => {
  it('are written, listed and deleted', async () => {
    expect((await put('/v1/groups/desk', { name: 'Desk', members: ['bo', 'ana', 'bo'] })).body).toEqual({
      id: 'desk',
      version: 1,
      name: 'Desk',
      members: ['bo', 'ana'],
    });
    expect((await get('/v1/groups/desk')).body.members).toEqual(['bo', 'ana']);
    expect((await get('/v1/groups')).body.items).toHaveLength(1);
    expect((await put('/v1/groups/desk', { members: 'bo' })).body.errors).toMatchObject([{ path: 'members' }]);
    expect((await http.call('DELETE', '/v1/groups/desk')).status).toBe(204);
    expect((await get('/v1/groups/desk')).status).toBe(404);
    expect((await put('/v1/categories/billing', { title: 'Billing', essential: true })).body).toMatchObject({
      id: 'billing',
      essential: true,
    });
    expect((await get('/v1/categories')).body.items.map((one: { id: string }) => one.id)).toContain('billing');
    expect((await http.call('DELETE', '/v1/categories/billing')).status).toBe(204);
  });
});

describe('templates', () => {
  it('are checked when stored, and versioned when changed', async () => {
    const words = { email: { subject: 'Pay {{ data.amount }}', html: '<p>{{ recipient.name }}</p>' } };
    expect((await put('/v1/templates/pay', words)).body).toMatchObject({ id: 'pay', version: 1, ...words });
    expect((await put('/v1/templates/pay', words)).body.version).toBe(1);
    expect((await put('/v1/templates/pay', { ...words, sms: { text: 'Pay' } })).body.version).toBe(2);
    const bad = await put('/v1/templates/pay', { email: { subject: '{% if %}', html: '{{ x | nosuchfilter }}' } });
    expect(bad).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(bad.body.errors[0].path).toBe('email.subject');
    expect((await get('/v1/templates/pay')).body.version).toBe(2);
  });

  it('compile MJML, and say where it is wrong', async () => {
    const mjml =
      '<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ recipient.name }}</mj-text></mj-column></mj-section></mj-body></mjml>';
    const email = { subject: 'Hi', mjml };
    // Answered as it is written: the HTML is ours.
    expect((await put('/v1/templates/mjml', { email, locales: { fr: { email } } })).body).toEqual({
      id: 'mjml',
      version: 1,
      email,
      locales: { fr: { email } },
    });
    const shown = await http.call('POST', '/v1/templates/mjml/preview', { recipient: 'ana', locale: 'fr' });
    expect(shown.body.content.html).toMatch(/<html[\s\S]*Hello Ana/);
    const both = await put('/v1/templates/mjml', { email: { mjml, html: '<p>Hello</p>' } });
    expect(both).toMatchObject({ status: 400, body: { errors: [{ path: 'email.html' }] } });
    const bad = await put('/v1/templates/mjml', { email: { mjml: '<mjml><mj-body><mj-nothing/></mj-body></mjml>' } });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: 'email.mjml' }] } });
    expect(bad.body.detail).toMatch(/^email\.mjml: line 1, mj-nothing: Element mj-nothing doesn't exist/);
    expect(bad.text).not.toContain(process.cwd());
    const including = await put('/v1/templates/mjml', {
      email: { mjml: '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>' },
    });
    expect(including.text).not.toContain('root:');
  });

  it('are previewed for a person and channel', async () => {
    await put('/v1/templates/greet', {
      email: { subject: 'Hi {{ recipient.name }}', text: 'For {{ data.x }}' },
      locales: { es: { email: { subject: 'Hola {{ recipient.name }}', text: 'Por {{ data.x }}' } } },
    });
    const preview = (body: object) => http.call('POST', '/v1/templates/greet/preview', body);
    expect((await preview({ recipient: 'ana', data: { x: '<b>' } })).body.content).toMatchObject({
      subject: 'Hola Ana',
      text: 'Por <b>',
    });
    expect((await preview({ recipient: 'ana', locale: 'en', data: { x: 1 } })).body.content).toMatchObject({
      subject: 'Hi Ana',
    });
    expect((await preview({ data: { x: '{{ 7 | times: 7 }}' } })).body.content.text).toBe('For {{ 7 | times: 7 }}');
    expect((await http.call('POST', '/v1/templates/none/preview', {})).status).toBe(404);
  });
});

describe('being away', () => {
  it('is a list of periods, by dates or instants, with whoever acts meanwhile', async () => {
    const away = [
      { from: '2026-12-24', to: '2026-12-31', delegate: 'bo' },
      { from: '2027-01-04T09:00:00Z', to: '2027-01-04T17:00:00Z' },
    ];
    expect((await put('/v1/recipients/off', { away })).status).toBe(200);
    expect((await get('/v1/recipients/off')).body.away).toEqual([away[0], { ...away[1], delegate: null }]);
  });
  it.each([
    [{ from: '2026-12-31', to: '2026-12-24' }, 'away.0.to', 'must not be before `from`'],
    [{ from: 'tomorrow', to: '2026-12-24' }, 'away.0.from', 'must be a date'],
    [{ from: '2026-02-30', to: '2026-12-24' }, 'away.0.from', 'must be a date'],
  ])('that is %j is refused at its place', async (period, path, message) => {
    expect(await put('/v1/recipients/off2', { away: [period] })).toMatchObject({
      status: 400,
      body: { errors: [{ path, message: expect.stringContaining(message) }] },
    });
  });
});

describe('what is not built yet', () => {
  it('is answered 501, and is no failure in the log', async () => {
    const answer = await http.call('POST', '/v1/follow-ups/by-key/task/w1/snooze', { until: '3 business days' });
    expect(answer).toMatchObject({ status: 501, body: { code: 'not_built' } });
    expect(http.logged).toEqual([]);
  });

  it.each([
    ['POST', '/v1/recipients/ana/tokens', { scopes: ['inbox', 'export'] }, 'scopes', /is not built yet/],
    ['POST', '/v1/recipients/ana/tokens', { scopes: [] }, 'scopes', /is not built yet/],
  ])('%s %s %j is refused, and nothing is written', async (method, url, body, path, message) => {
    const answer = await http.call(method, url, body);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', errors: [{ path, message: expect.stringMatching(message) }] },
    });
    if (method === 'PUT') expect((await get(url)).status).toBe(404);
  });

  it('is taken where it asks for nothing', async () => {
    expect((await put('/v1/recipients/here', { away: [] })).status).toBe(200);
    expect((await put('/v1/recipients/here', { away: null })).body.away).toEqual([]);
    expect((await put('/v1/templates/feed', { inbox: { body: 'x', as: 'feed' } })).status).toBe(200);
    expect((await http.call('POST', '/v1/recipients/ana/tokens', { scopes: ['inbox'] })).status).toBe(201);
    expect((await http.call('POST', '/v1/recipients/ana/tokens', {})).status).toBe(201);
  });
});

describe('policies', () => {
  const policy = (id: string, more = '') => TASK.replace('policy: task', `policy: ${id}`) + more;

  it('are published from YAML or JSON, each change as a version', async () => {
    expect((await put('/v1/policies/p1', policy('p1'), YAML)).body).toEqual({ id: 'p1', version: 1, warnings: [] });
    expect((await put('/v1/policies/p1', policy('p1'), YAML)).body.version).toBe(1);
    const { policy: written } = (await get('/v1/policies/p1')).body;
    expect((await put('/v1/policies/p1', written)).body.version).toBe(1); // the same, as JSON
    expect((await put('/v1/policies/p1', { ...written, title: 'New' })).body.version).toBe(2);
    expect((await get('/v1/policies/p1')).body).toMatchObject({ version: 2, policy: { title: 'New' } });
    expect((await get('/v1/policies/p1?version=1')).body.policy.title).toBeUndefined();
    expect((await get('/v1/policies/p1/versions')).body.items.map((one: { version: number }) => one.version)).toEqual([
      2, 1,
    ]);
    expect((await get('/v1/categories/general')).status).toBe(200); // made at publication
  });

  it('published by ten at once get ten versions', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => put('/v1/policies/p2', policy('p2', `title: T${index}\n`), YAML)),
    );
    expect(answers.map(({ body }) => body.version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['a missing template', policy('bad').replace('via:', 'template: nothing, via:'), 'policy_template_unknown'],
    ['a missing group', `${policy('bad')}fallback: group(nobody)\n`, 'policy_group_unknown'],
    ['a missing stage', policy('bad').replace('at: opened', 'at: nothing + 1 day'), 'policy_anchor_unknown'],
    ['a target there is not', policy('bad').replace('via:', 'to: everybody, via:'), 'policy_target_invalid'],
    ['an unknown key', `${policy('bad')}colour: red\n`, 'policy_key_unknown'],
    ['an unknown name', policy('bad').replace('event.data.who', 'evnt.data.who'), 'policy_condition_invalid'],
    ['no YAML', 'policy: [', 'policy_not_readable'],
    ['20,000 brackets', '['.repeat(20_000), 'policy_not_readable'],
    ['an alias bomb', `a: &a [x,x,x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`, 'policy_not_readable'],
    ['nothing known', 'hello', null],
  ])('naming %s are refused', async (_title, text, code) => {
    const answer = await put('/v1/policies/bad', text, YAML);
    expect(answer).toMatchObject({ status: 422, body: { code: 'policy_invalid' } });
    expect(answer.body.errors.length).toBeGreaterThan(0);
    if (code !== null) expect(answer.body.errors.map((one: { code: string }) => one.code)).toContain(code);
    expect((await get('/v1/policies/bad')).status).toBe(404);
    const checked = await http.call('POST', '/v1/policies/check', text, YAML);
    expect(checked).toMatchObject({ status: 200, body: { ok: false } });
  });

  it('say where a mistake stands', async () => {
    const { body } = await put('/v1/policies/bad', policy('bad').replace('at: opened', 'at: opened + 3 dais'), YAML);
    expect(body.errors).toMatchObject([
      { code: 'policy_offset_invalid', path: 'stages[0].at', line: 6, at: expect.any(Number) },
    ]);
  });

  it('refuse an id that is not the address, and no body', async () => {
    expect((await put('/v1/policies/other', policy('p3'), YAML)).body.code).toBe('policy_invalid');
    expect((await put('/v1/policies/p3', '', YAML)).status).toBe(400);
  });

  it('are checked without being published', async () => {
    expect((await http.call('POST', '/v1/policies/check', policy('p4'), YAML)).body).toMatchObject({
      ok: true,
      id: 'p4',
      errors: [],
    });
    expect((await get('/v1/policies/p4')).status).toBe(404);
  });

  it('once deleted open nothing; what lives goes on; published again they go on counting', async () => {
    await put('/v1/recipients/bo', { email: 'bo@example.test' });
    await put(
      '/v1/policies/p5',
      policy('p5').replace('task.created', 'p5.created').concat('resolve: { on: p5.done }\n'),
      YAML,
    );
    const send = (id: string, type: string, key: string) =>
      http.call('POST', '/v1/events', { specversion: '1.0', id, source: '/p5', type, data: { id: key, who: 'bo' } });
    await send('1', 'p5.created', 'lives');
    expect((await http.call('DELETE', '/v1/policies/p5')).status).toBe(204);
    expect((await get('/v1/policies/p5')).status).toBe(404);
    expect((await get('/v1/policies/p5?version=1')).body).toMatchObject({ version: 1, deleted: true });
    expect((await get('/v1/policies')).body.items.map((one: { id: string }) => one.id)).not.toContain('p5');
    expect((await http.call('DELETE', '/v1/policies/p5')).status).toBe(404);
    expect((await send('2', 'p5.created', 'new')).body.followUps).toEqual([]);
    expect((await http.call('POST', '/v1/follow-ups', { policy: 'p5', key: 'new', assignee: 'bo' })).body.code).toBe(
      'policy_not_found',
    );
    expect((await send('3', 'p5.done', 'lives')).body.followUps).toMatchObject([{ key: 'lives', status: 'resolved' }]);
    expect((await put('/v1/policies/p5', policy('p5'), YAML)).body.version).toBe(2);
  });
});
