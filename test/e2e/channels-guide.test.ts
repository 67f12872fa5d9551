// The guide to channels, followed: a connection is made, tried and looked at by the requests that stand there. What the brands take
// is compared by ../channels-guide.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../doubles/mail-server.ts';
import { type Asked, askAs, blocksOf, curlsIn, guideText, unlike } from '../guide.ts';
import { API_KEY, startTestServer, type TestServer } from '../server.ts';

const GUIDE = guideText('channels.md');
const blocks = blocksOf(GUIDE, 'json').map((text) => JSON.parse(text));
const smtp = blocks.find((one) => one.provider === 'smtp');
const answerShown = blocks.find((one) => 'outcome' in one);
const [put, tryIt] = curlsIn(GUIDE) as [Asked, Asked];

describe('a connection, made as the guide to channels says', () => {
  let mail: MailServer;
  let server: TestServer;
  beforeAll(async () => {
    mail = await startMailServer();
    server = await startTestServer({ channels: { allowHosts: ['127.0.0.1'] } });
  });
  afterAll(async () => {
    await server.end();
    await mail.stop();
  });
  const asked = (one: Asked) => askAs(server, one, { $RELANCE_API_KEY: API_KEY });

  it('is tried, and answers as it is shown', async () => {
    const [, sms = '', words = ''] = /`("channel":"sms",[^`]*)` with\s+`([^`]*)`/.exec(GUIDE) ?? [];
    for (const one of [tryIt, { ...tryIt, body: `{${sms},${words}}` }])
      expect((await asked(one)).body).toMatchObject({
        outcome: { kind: 'accepted', detail: expect.stringContaining('captured in the mailbox') },
      });
    // Of this very machine, which has neither certificates nor accounts.
    const here = { ...smtp.settings, host: '127.0.0.1', port: mail.port, secure: 'none' };
    const made = await asked({ ...put, body: JSON.stringify({ ...smtp, settings: here, secrets: {} }) });
    expect(made).toMatchObject({
      status: 200,
      body: { id: 'mail', receiptsUrl: expect.stringContaining('/v1/receipts/smtp/'), health: { state: 'up' } },
    });
    const tried = await asked(tryIt);
    expect(Object.keys((tried.body as typeof answerShown).outcome).sort()).toEqual(
      Object.keys(answerShown.outcome).sort(),
    );
    expect(unlike(tried.body)).toMatchObject({
      channel: 'email',
      outcome: { kind: 'accepted', providerId: '<<id>@example.com>' },
    });
    expect(mail.caught.map(({ to }) => to)).toEqual([['you@example.com']]);
    expect(mail.caught[0]?.raw.toString()).toContain('Subject: [Test] Hello');
  });
});
