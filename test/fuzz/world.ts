// The world of the fuzz (e2e/fuzz.test.ts): links of every kind of page, tracked mails, an inbox, connections of the brands that call us,
// and the listener for mail that comes back. Nothing of it speaks to anything but this machine.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mailBack } from '../../packages/server/src/app/mail-back.ts';
import { providerDesk } from '../../packages/server/src/app/provider-desk.ts';
import { type Inbound, startInbound } from '../../packages/server/src/channels/inbound-smtp.ts';
import type { Provider } from '../../packages/server/src/channels/provider.ts';
import { postmarkProvider } from '../../packages/server/src/channels/providers/postmark.ts';
import { sesProvider } from '../../packages/server/src/channels/providers/ses.ts';
import { slackProvider } from '../../packages/server/src/channels/providers/slack.ts';
import { twilioProvider } from '../../packages/server/src/channels/providers/twilio.ts';
import { readSnsReceipts } from '../../packages/server/src/channels/sns-receipt.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { secretBox } from '../../packages/server/src/store/secret-box.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { ADMIN_KEY } from '../http-world.ts';
import { type Campaign, createCampaign } from '../pages/campaign.ts';
import { SECRET } from '../world.ts';
import { CONNECTIONS } from './provider-call.ts';
import type { Known } from './request.ts';

export const ADDRESS_KEY = Buffer.alloc(32, 1);
export const MAILBOX = 'reply@in.example.test';
export const RETURN_PATH = 'bounces@in.example.test';

export interface FuzzWorld {
  readonly campaign: Campaign;
  readonly known: Known;
  /** Messages that were sent, whose addresses prove a reply. */
  readonly messages: readonly string[];
  /** Where each brand calls us. */
  readonly paths: Readonly<Record<string, string>>;
  /** What SNS signs with here. */
  readonly signing: KeyObject;
  readonly inbound: Inbound;
  /** What the listener had to say of itself. */
  readonly grumbled: readonly string[];
  end(): Promise<void>;
}

export async function createFuzzWorld(): Promise<FuzzWorld> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const ses = {
    ...sesProvider,
    receipts: (call) =>
      readSnsReceipts(call, async () => ({ kind: 'got', contentType: 'text/plain', body: Buffer.from(pem) })),
  } as typeof sesProvider;
  const providers = [twilioProvider, slackProvider, postmarkProvider, ses] as unknown as readonly Provider[];
  const campaign = await createCampaign(100, () => ({
    providers: providerDesk({
      providers,
      secretBox: secretBox(SECRET),
      // Slack lets us answer a press where it says: here, nobody.
      egress: { allowHosts: ['127.0.0.1'] },
      publicUrl: 'http://relance.test',
      wallNow: () => Date.now(),
      addressKey: ADDRESS_KEY,
    }),
  }));
  const { http } = campaign;
  const paths: Record<string, string> = {};
  for (const [id, body] of Object.entries(CONNECTIONS)) {
    // Disabled: messages leave by the world's own recorders, and the connections hear.
    const made = await http.call('PUT', `/v1/connections/calls-${id}`, { ...body, disabled: true });
    if (made.status !== 200) throw new Error(made.text);
    paths[id] = new URL(made.body.receiptsUrl).pathname;
  }
  const tokens = await tokensOf(campaign);
  const messages: string[] = (await http.call('GET', '/v1/messages?limit=200')).body.items.map(
    ({ id }: { id: string }) => id,
  );
  const followUps: string[] = (await http.call('GET', '/v1/follow-ups?limit=50')).body.items.map(
    ({ id }: { id: string }) => id,
  );
  const { token } = (await http.call('POST', '/v1/recipients/p1/tokens', { scopes: ['inbox'] })).body;
  const grumbled: string[] = [];
  const take = mailBack(http.world.node.replies);
  const inbound = await startInbound({
    host: '127.0.0.1',
    port: 0,
    returnPath: RETURN_PATH,
    replyTo: MAILBOX,
    addressKeys: [ADDRESS_KEY],
    onNews: (news) => http.world.node.receipts.takeProven('mail', news),
    onReply: (mail) => take(mail, null),
    log: (words) => grumbled.push(words),
  });
  return {
    campaign,
    messages,
    paths,
    signing: privateKey,
    inbound,
    grumbled,
    known: {
      ids: [
        'zoe',
        'zed',
        'words',
        'billing',
        'request',
        'twilio',
        'alertmanager',
        ...followUps.slice(0, 12),
        ...messages.slice(0, 6),
      ],
      tokens,
      key: ADMIN_KEY,
      recipient: token,
    },
    async end() {
      await inbound.close();
      await campaign.end();
    },
  };
}

async function tokensOf(campaign: Campaign): Promise<Record<string, string[]>> {
  const tokens = await tracked(campaign);
  for (const { path } of campaign.links) {
    const [, place = '', token = ''] = /^\/(.+)\/([\w-]{22})$/.exec(path) ?? [];
    tokens[place] = [...(tokens[place] ?? []), token];
  }
  return tokens;
}

/** Links of mails that are tracked, by their places. */
async function tracked({ http }: Campaign): Promise<Record<string, string[]>> {
  await http.world.database.transaction(ENGINE, (tx) =>
    putTenantSettings(tx, 'default', { tracking: { opens: true, clicks: true, sms: true } }),
  );
  await http.call('PUT', '/v1/templates/told', {
    email: {
      subject: 'Told',
      html: '<html><body><a href="https://shop.example/?a=1">See it</a></body></html>',
      text: 'See it',
    },
  });
  await http.world.policy(`
policy: told
open: { on: told.made }
key: event.data.id
assignee: event.data.who
stages: [ { id: notice, at: opened, notify: { template: told, via: [email] } } ]
`);
  for (let number = 0; number < 6; number++)
    await http.world.event('told.made', { id: `t${number}`, who: `p${number}` });
  await http.world.settle();
  const words = http.world.recorders.email.sent.map(({ content }) => `${content.html} ${content.text}`).join('\n');
  const found: Record<string, string[]> = {};
  for (const [, place = '', token = ''] of words.matchAll(/http:\/\/relance\.test\/(t\/[oc])\/([\w-]{22})/g))
    found[place] = [...(found[place] ?? []), token];
  return found;
}
