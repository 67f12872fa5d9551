// Who counts a hand-over: a tenant's own connection for itself, one of the server for all tenants together.
import { expect, it } from 'vitest';
import { mailboxConnection } from '../channels/local.ts';
import { ConnectionBook } from './connection-book.ts';
import { limitsOf } from './spend.ts';

it('a connection of the server has one allowance for all tenants, that of a tenant one of its own', () => {
  const shared = { ...mailboxConnection('email'), id: 'mail', perSecondMax: 5 };
  const own = { ...shared };
  const connections = new ConnectionBook(new Map([['email', [shared]]]), null);
  const scopes = (tenant: string, connection: typeof shared): string[] =>
    limitsOf({ messagesADay: 10, connections }, tenant, connection).map((one) => `${one.tenant}/${one.scope}`);
  expect(scopes('a', shared)).toEqual(['a/messages', '/connection:email:mail']);
  expect(scopes('b', shared)[1]).toBe(scopes('a', shared)[1]);
  expect(scopes('a', own)).toEqual(['a/messages', 'a/connection:mail']);
});
