// Operators are told of alarms: those of a minute in one message to `alarmTo`, and what becomes of that message raises
// no alarm of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish, startTestServer, type TestServer, taskEvent } from '../server.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relance-alarm-'));
  writeFileSync(join(folder, 'relance.yaml'), 'alarmTo: ops@example.test\n');
  server = await startTestServer({ project: folder });
  await furnish(server);
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true });
});

const assign = async (id: string): Promise<string> =>
  (await server.client.events.send(taskEvent('assigned', { id, title: `Task ${id}`, assignee: `nobody-${id}` })))
    .followUps[0]?.id ?? '';
const toOps = async () =>
  (await server.client.messages.list({ recipient: 'ops@example.test' })).items.map((message) => ({
    followUp: message.followUp,
    status: message.status,
    reason: message.reason,
    subject: message.content?.subject,
    text: message.content?.text ?? '',
  }));

describe('alarms', () => {
  it('of one minute are one mail that names each, and nothing more is sent', async () => {
    const ids = [await assign('one'), await assign('two')];
    await server.advance('59 minutes');
    expect(await toOps()).toEqual([]);
    await server.advance('1 minute'); // the grace of both ends: the fallback is asked, and that is alarming
    expect(await toOps()).toEqual([]);
    await server.advance('1 minute');
    const [mail, ...more] = await toOps();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ status: 'accepted', reason: 'alarm_raised', subject: '2 alarms' });
    for (const id of ids) expect(mail?.text).toContain(`(follow-up ${id})`);
    await server.advance('6 hours');
    expect(await toOps()).toHaveLength(1);
    for (const id of ids) await server.client.followUps.command(id, 'cancel');
  });

  it('of another time are another mail, also about a follow-up that was told of before', async () => {
    const id = await assign('three');
    await server.advance('61 minutes');
    const mails = await toOps();
    expect(mails).toHaveLength(2);
    expect(mails.find((mail) => mail.followUp === id)?.subject).toMatch(/^Alarm: /);
    const lines = (await server.client.followUps.timeline(id)).items.map((line) => `${line.kind} ${line.reason}`);
    expect(lines).toContain('message_sent alarm_raised');
    await server.client.followUps.command(id, 'cancel');
  });
});
