// Promise 8 at the door: a policy that could escalate to nobody is not published, and what a published one stands on is
// not taken away under it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';

const YAML = { 'content-type': 'application/yaml' };
const policy = (id: string, more: string) => `
policy: ${id}
open: { on: ${id}.created }
key: event.data.id
assignee: event.data.who
${more}
`;
const withFallback = (id: string, fallback: string) =>
  policy(
    id,
    `fallback: ${fallback}\nstages: [{ id: first, at: opened, escalate: { to: [manager(1)] }, notify: { via: [email] } }]`,
  );
const escalating = (id: string, to: string) =>
  policy(id, `stages: [{ id: first, at: opened }, { id: up, at: opened + 1 day, escalate: { to: ${to} } }]`);

let http: HttpWorld;
/** The members of each level, a day each; the world's clock stands at Monday, 2 November 2026, 09:00 UTC. */
const schedule = (id: string, levels: readonly (readonly string[])[]) =>
  http.call('PUT', `/v1/schedules/${id}`, {
    timeZone: 'UTC',
    layers: levels.map((members, index) => ({
      level: index + 1,
      rotation: { every: '1 day', handover: { at: '09:00' }, start: '2026-11-01', members },
    })),
  });
beforeAll(async () => {
  http = await createHttpWorld();
  await http.call('PUT', '/v1/recipients/bo', {});
  await http.call('PUT', '/v1/groups/emptyg', { members: [] });
  await http.call('PUT', '/v1/groups/ghostg', { members: ['ghost', 'spectre'] });
  await http.call('PUT', '/v1/groups/desk', { members: ['ghost', 'bo'] });
  await schedule('primary', [['bo']]);
  await schedule('strangers', [['ghost']]);
  await schedule('mixed', [['bo', 'ghost'], ['ghost']]);
});
afterAll(() => http.end());

describe('a policy that could reach nobody', () => {
  it.each([
    ['an empty group', withFallback('p', 'group(emptyg)'), 'fallback', /"group\(emptyg\)" reaches nobody.*no members/],
    ['strangers', withFallback('p', 'group(ghostg)'), 'fallback', /"group\(ghostg\)" reaches nobody.*known recipient/],
    ['a stranger', withFallback('p', 'recipient(ghost)'), 'fallback', /"recipient\(ghost\)" reaches nobody/],
    [
      'a level of a schedule that nobody is in',
      withFallback('p', 'onCall(primary, 2)'),
      'fallback',
      /"onCall\(primary, 2\)" reaches nobody: nobody is in level 2/,
    ],
    ['strangers on call', withFallback('p', 'onCall(strangers)'), 'fallback', /nobody in level 1 .* known recipient/],
    ['a schedule there is not', withFallback('p', 'onCall(primry)'), 'fallback', /no schedule "primry".*`primary`\?$/],
    ['only strangers, with no fallback', escalating('p', '[recipient(ghost)]'), 'stages[1].escalate.to', /ghost/],
  ])('is refused: %s', async (_what, text, path, message) => {
    const answer = await http.call('PUT', '/v1/policies/p', text, YAML);
    expect(answer).toMatchObject({ status: 422, body: { code: 'policy_invalid' } });
    expect(answer.body.errors).toMatchObject([{ path, severity: 'error', message: expect.stringMatching(message) }]);
    expect((await http.call('POST', '/v1/policies/check', text, YAML)).body).toMatchObject({
      ok: false,
      errors: [{ path }],
    });
    expect((await http.call('GET', '/v1/policies/p')).status).toBe(404);
  });

  it.each([
    ['a group with somebody in it', withFallback('p', 'group(desk)')],
    ['a known recipient', withFallback('p', 'recipient(bo)')],
    ['somebody on call', withFallback('p', 'onCall(primary)')],
    ['one known of two', escalating('p', '[recipient(ghost), recipient(bo)]')],
  ])('is none with %s', async (_what, text) => {
    expect((await http.call('POST', '/v1/policies/check', text, YAML)).body).toMatchObject({ ok: true });
  });
});

describe('people on call', () => {
  const notifying = (to: string) => policy('q', `stages: [{ id: first, at: opened, notify: { to: ${to} } }]`);
  const check = async (text: string) => (await http.call('POST', '/v1/policies/check', text, YAML)).body;

  it('are named by schedules that there are, wherever a target stands', async () => {
    expect(await check(notifying('[assignee, onCall(primary)]'))).toMatchObject({ ok: true, warnings: [] });
    const nowhere = [
      [notifying('[assignee, onCall(mixd)]'), 'stages[0].notify.to'],
      [escalating('q', '[onCall(mixd)]').concat('fallback: recipient(bo)\n'), 'stages[1].escalate.to'],
      [notifying('assignee').replace('event.data.who', '{ target: onCall(mixd) }'), 'assignee.target'],
      [notifying('assignee').concat('cancelled: { notify: { to: "onCall(mixd, 2)" } }\n'), 'cancelled.notify.to'],
    ] as const;
    for (const [text, path] of nowhere)
      expect((await check(text)).errors).toMatchObject([
        { code: 'policy_schedule_unknown', path, message: expect.stringContaining('Did you mean `mixed`?') },
      ]);
    expect((await check(escalating('q', '[onCall(primary)]'))).errors).toMatchObject([
      { code: 'policy_fallback_missing', path: 'stages[1].escalate.to' },
    ]);
  });

  it('who are sometimes nobody, or always, are told about', async () => {
    const text = `${notifying('"onCall(primary, 3)"')}fallback: onCall(mixed)\n`;
    expect((await check(text)).warnings).toMatchObject([
      { code: 'policy_target_empty', path: 'stages[0]', message: expect.stringContaining('no level 3') },
      {
        code: 'policy_fallback_invalid',
        path: 'fallback',
        severity: 'warning',
        message: expect.stringMatching(/nobody from 2026-11-02 09:00 UTC to 2026-11-03 09:00 UTC: "ghost"/),
      },
    ]);
    const asked = notifying('assignee').replace('event.data.who', '{ target: "onCall(primary, 2)" }');
    expect((await check(asked)).warnings).toMatchObject([
      { code: 'policy_fallback_missing', path: 'assignee.target' },
      { code: 'policy_target_empty', path: 'assignee.target' },
    ]);
    expect((await http.call('PUT', '/v1/policies/q', text, YAML)).body).toMatchObject({
      version: 1,
      warnings: [{ path: 'stages[0]' }, { path: 'fallback' }],
    });
  });
});

describe('what a published policy stands on', () => {
  const remove = (path: string) => http.call('DELETE', `/v1/${path}`);

  it('is not deleted: groups and templates that it names', async () => {
    await http.call('PUT', '/v1/groups/held', { members: ['bo'] });
    await http.call('PUT', '/v1/templates/words', { email: { text: 'x' } });
    const text = withFallback('holder', 'group(held)').replace('via:', 'template: words, via:');
    expect((await http.call('PUT', '/v1/policies/holder', text, YAML)).status).toBe(200);
    for (const path of ['groups/held', 'templates/words']) {
      const answer = await remove(path);
      expect(answer).toMatchObject({ status: 409, body: { code: 'in_use', policies: ['holder'] } });
      expect(answer.body.detail).toContain('"holder"');
      expect((await http.call('GET', `/v1/${path}`)).status).toBe(200);
    }
    expect((await remove('policies/holder')).status).toBe(204);
    expect((await remove('groups/held')).status).toBe(204);
    expect((await remove('templates/words')).status).toBe(204);
    expect((await remove('groups/held')).status).toBe(404);
  });

  it('is not deleted: schedules that it names, and the last person whom they reach', async () => {
    await http.call('PUT', '/v1/recipients/solo', {});
    await schedule('held', [['solo', 'ghost']]);
    const text = withFallback('caller', 'onCall(held)');
    expect((await http.call('PUT', '/v1/policies/caller', text, YAML)).status).toBe(200);
    for (const path of ['schedules/held', 'recipients/solo'])
      expect(await remove(path)).toMatchObject({ status: 409, body: { code: 'in_use', policies: ['caller'] } });
    expect((await http.call('GET', '/v1/schedules/held')).status).toBe(200);
    expect((await remove('policies/caller')).status).toBe(204);
    expect((await remove('schedules/held')).status).toBe(204);
    expect((await remove('schedules/held')).status).toBe(404);
    expect((await remove('recipients/solo')).status).toBe(204);
  });

  it('keeps the last person whom it reaches, and lets the others go', async () => {
    for (const id of ['one', 'two', 'other']) await http.call('PUT', `/v1/recipients/${id}`, {});
    await http.call('PUT', '/v1/groups/pair', { members: ['one', 'two'] });
    await http.call('PUT', '/v1/policies/pairs', withFallback('pairs', 'group(pair)'), YAML);
    expect((await remove('recipients/one')).status).toBe(204);
    expect(await remove('recipients/two')).toMatchObject({
      status: 409,
      body: { code: 'in_use', policies: ['pairs'], detail: expect.stringContaining('"two"') },
    });
    expect((await http.call('GET', '/v1/recipients/two')).status).toBe(200);
    expect((await remove('recipients/other')).status).toBe(204);
    expect((await remove('recipients/other')).status).toBe(404);
  });
});

describe('what is proved of a policy', () => {
  const check = async (to: string, fallback: string) =>
    (
      await http.call('POST', '/v1/policies/check', {
        policy: 'proved',
        key: 'event.data.id',
        assignee: 'event.data.who',
        fallback,
        stages: [
          { id: 'notice', at: 'opened' },
          { id: 'up', at: 'opened + 1 day', escalate: { to: [to] }, notify: { via: ['email'] } },
        ],
      })
    ).body;
  it('looks into the templates of the tenant', async () => {
    await http.call('PUT', '/v1/templates/half', { email: { text: '{{ actions.resolv.url }}' } });
    const stages = [{ id: 'notice', at: 'opened', notify: { template: 'half', via: ['email', 'sms'] } }];
    const policy = { policy: 'worded', key: 'event.data.id', assignee: 'event.data.who', stages };
    expect((await http.call('POST', '/v1/policies/check', policy)).body).toMatchObject({
      ok: true,
      warnings: [
        { code: 'policy_words_missing', message: expect.stringContaining('no words for sms') },
        { code: 'policy_words_unknown', message: expect.stringContaining('Did you mean `resolve`?') },
      ],
    });
  });
  it('is held against what a person may get a day', async () => {
    const policy = { policy: 'often', key: 'event.data.id', assignee: 'event.data.who', resolved: 'none' };
    const stages = [{ id: 'notice', at: 'opened', notify: { via: ['email', 'sms', 'push'] } }];
    const ask = async (query: string) =>
      (await http.call('POST', `/v1/policies/check${query}`, { ...policy, stages })).body;
    expect(await ask('')).toMatchObject({ ok: true, warnings: [] });
    expect(await ask('?maxPerDay=3')).toMatchObject({ ok: true, warnings: [] });
    expect(await ask('?maxPerDay=2')).toMatchObject({ ok: true, warnings: [{ code: 'policy_messages_exceeded' }] });
    expect((await http.call('POST', '/v1/policies/check?maxPerDay=0', { ...policy, stages })).status).toBe(400);
  });
  it('is told with it, and the first hour in which nobody is there is a warning', async () => {
    const away = [{ from: '2026-12-24', to: '2026-12-31' }];
    await http.call('PUT', '/v1/recipients/prover', { email: 'p@example.test', timeZone: 'UTC', away });
    const refuted = await check('manager(1)', 'recipient(prover)');
    expect(refuted.proofs.map(({ claim, holds }: { claim: string; holds: boolean }) => `${claim} ${holds}`)).toEqual([
      'ends_or_waits true',
      'stages_can_run true',
      'escalations_reach_somebody false',
      'messages_a_day true',
      'templates_have_words true',
      'templates_read_what_exists true',
    ]);
    expect(refuted).toMatchObject({ ok: true });
    expect(refuted.warnings).toContainEqual(
      expect.objectContaining({
        code: 'policy_uncovered_hour',
        severity: 'warning',
        message: expect.stringContaining('nobody at 2026-12-24 00:00 UTC'),
      }),
    );
    await http.call('PUT', '/v1/recipients/stands-in', { email: 's@example.test' });
    const delegated = [{ ...away[0], delegate: 'stands-in' }];
    await http.call('PUT', '/v1/recipients/prover', { email: 'p@example.test', timeZone: 'UTC', away: delegated });
    expect(
      (await check('manager(1)', 'recipient(prover)')).proofs.every(({ holds }: { holds: boolean }) => holds),
    ).toBe(true);
  });
});
