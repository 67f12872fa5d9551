// While the secret key is changed, a receiver that knows either secret believes what it gets.
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { signedHeaders } from '../channels/pinned-post.ts';
import { webhookSecret, webhookSecrets } from './webhook-secret.ts';

it('what is sent is signed with the secret of every key that is accepted', () => {
  const [old, next] = ['o'.repeat(40), 'n'.repeat(40)];
  const secrets = webhookSecrets({ secretKey: next, secretKeysAccepted: [old] }, 'acme');
  const headers = signedHeaders(secrets, 'm-1', new Date(), '{}');
  for (const key of [old, next]) expect(new Webhook(webhookSecret(key, 'acme')).verify('{}', headers)).toEqual({});
  expect(() => new Webhook(webhookSecret(old, 'other')).verify('{}', headers)).toThrow();
  expect(webhookSecrets({ secretKey: next }, 'acme')).toEqual([webhookSecret(next, 'acme')]);
});
