// An address made for a message finds it again, whatever relays do to its case, and nothing else does: not another purpose,
// another key, another mailbox, nor one bit changed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressFor, mailboxProblem, messageOf } from './mail-address.ts';

const KEY = Buffer.alloc(32, 7);
const OTHER = Buffer.alloc(32, 8);
const MAILBOX = 'bounces@mail.example.com';
const ID = '0193a1b2-c3d4-8000-8000-000000000001';
const address = addressFor(MAILBOX, 'bounce', ID, KEY);

describe('an address of a message', () => {
  it('fits what SMTP allows, in lower-case letters and digits', () => {
    expect(address).toMatch(/^bounces\+[a-z2-7]{42}@mail\.example\.com$/);
    expect(address.indexOf('@')).toBeLessThanOrEqual(64);
  });
  it('finds every message again, in any case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (id, key) => {
        const made = addressFor(MAILBOX, 'bounce', id, key);
        expect(messageOf(made, MAILBOX, 'bounce', [OTHER, key])).toBe(id);
        expect(messageOf(made.toUpperCase(), MAILBOX, 'bounce', [key])).toBe(id);
      }),
    );
  });
  it('is as DNS knows it where its domain is not ASCII', () => {
    const made = addressFor('bounces@münchen.example', 'bounce', ID, KEY);
    expect(made).toMatch(/@xn--mnchen-3ya\.example$/);
    expect(messageOf(made, 'bounces@münchen.example', 'bounce', [KEY])).toBe(ID);
  });
});

describe('nothing else finds it', () => {
  it.each([
    ['a bounce is no reply', address, MAILBOX, 'reply', [KEY]],
    ['another key', address, MAILBOX, 'bounce', [OTHER]],
    ['no key at all', address, MAILBOX, 'bounce', []],
    ['another mailbox', address, 'other@mail.example.com', 'bounce', [KEY]],
    ['another domain', address.replace('mail.', 'evil.'), MAILBOX, 'bounce', [KEY]],
    ['the bare mailbox', MAILBOX, MAILBOX, 'bounce', [KEY]],
    ['an empty token', 'bounces+@mail.example.com', MAILBOX, 'bounce', [KEY]],
    ['no address', 'bounces', MAILBOX, 'bounce', [KEY]],
    ['letters that are none', address.replace(/\+./, '+1'), MAILBOX, 'bounce', [KEY]],
    ['more than the token', address.replace('@', 'a@'), MAILBOX, 'bounce', [KEY]],
  ] as const)('%s', (_title, heard, mailbox, purpose, keys) => {
    expect(messageOf(heard, mailbox, purpose, keys)).toBe(null);
  });
  it('whichever letter is changed', () => {
    const start = address.indexOf('+') + 1;
    for (let index = start; index < address.indexOf('@'); index++)
      for (const letter of 'aq7') {
        const forged = address.slice(0, index) + letter + address.slice(index + 1);
        if (forged !== address) expect(messageOf(forged, MAILBOX, 'bounce', [KEY])).toBe(null);
      }
  });
});

it.each([
  ['bounces@mail.example.com', true],
  ['b.o-u_n@münchen.example', true],
  ['a-name-that-is-far-too-long@example.com', false],
  ['bounces+x@example.com', false],
  ['bounces', false],
  ['bounces@ex ample.com', false],
  ['bounces@example.com\r\nRCPT TO:<x@y>', false],
])('%j can carry tokens: %s', (mailbox, can) => {
  expect(mailboxProblem(mailbox) === null).toBe(can);
});
