// Which messages must not leave: what is compared, what wins, and that a contact plan goes on without what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CategoryDefaults, usualStanding } from './category.ts';
import { type Consent, choiceKey, endpointKey, isSuppressed, normalAddress, refusalOf } from './consent.ts';
import type { Instant } from './instant.ts';
import type { ContactPlan } from './policy/policy.ts';
import { blankRecipient, type Recipient } from './recipient.ts';
import { type NotifyEffect, route } from './route.ts';
import { sentence } from './sentence.ts';

const ana: Recipient = { ...blankRecipient('ana'), email: 'Ana@Example.Test', phone: '+34600000001' };
const consent = (
  more: Partial<Record<'suppressed' | 'optedOut' | 'optedIn' | 'essential', readonly string[]>> & {
    readonly defaults?: CategoryDefaults;
    readonly usual?: CategoryDefaults;
  },
): Consent => ({
  suppressed: new Set(more.suppressed),
  choices: new Map([
    ...(more.optedOut ?? []).map((key) => [key, false] as const),
    ...(more.optedIn ?? []).map((key) => [key, true] as const),
  ]),
  essential: new Set(more.essential),
  standings: new Map([['billing', usualStanding(more.defaults ?? {}, more.usual ?? {})]]),
});
const mail = { recipient: 'ana', channel: 'email', address: 'Ana@Example.Test', category: 'billing' } as const;

describe('an address', () => {
  it.each([
    ['email', 'Ana@Example.TEST', 'ana@example.test'],
    ['email', ' ana@example.test ', 'ana@example.test'],
    ['email', 'Élodie@example.test', 'Élodie@example.test'], // beyond ASCII PostgreSQL and we could differ
    ['email', 'Ana@münchen.de', 'ana@xn--mnchen-3ya.de'],
    ['email', 'ana@XN--MNCHEN-3YA.de', 'ana@xn--mnchen-3ya.de'],
    ['sms', '+34 600-000 001', '+34600000001'],
    ['sms', '0034 (600) 000.001', '+34600000001'],
    ['webhook', 'https://Example.test/Hook', 'https://Example.test/Hook'],
  ] as const)('on %s: %s is %s', (channel, address, normal) => {
    expect(normalAddress(channel, address)).toBe(normal);
  });

  it('is the same when it is normalised again', () => {
    fc.assert(
      fc.property(fc.constantFrom('email', 'sms', 'push', 'chat', 'webhook'), fc.string(), (channel, address) => {
        const once = normalAddress(channel, address);
        expect(normalAddress(channel, once)).toBe(once);
      }),
    );
  });

  it('is suppressed on its own channel, however it is written', () => {
    const known = consent({ suppressed: [endpointKey('email', 'ana@example.test')] });
    expect(isSuppressed(known, 'email', 'ANA@example.test')).toBe(true);
    expect(isSuppressed(known, 'chat', 'ana@example.test')).toBe(false);
    expect(isSuppressed(known, 'email', 'bo@example.test')).toBe(false);
  });
});

describe('consent', () => {
  const optedOut = consent({ optedOut: [choiceKey('ana', 'billing', '')] });
  it('is asked for each message', () => {
    expect(refusalOf(consent({}), mail)).toBeNull();
    expect(refusalOf(optedOut, mail)).toBe('opted_out');
    expect(refusalOf(optedOut, { ...mail, category: 'news' })).toBeNull();
    expect(refusalOf(optedOut, { ...mail, recipient: 'bo' })).toBeNull();
  });
  it('to be told is not asked for what is essential, for alarms, or for the inbox', () => {
    expect(refusalOf({ ...optedOut, essential: new Set(['billing']) }, mail)).toBeNull();
    expect(refusalOf(optedOut, { ...mail, category: null })).toBeNull();
    expect(refusalOf(optedOut, { ...mail, channel: 'inbox', address: 'ana' })).toBeNull();
  });
  it('of an endpoint wins over everything', () => {
    const known = consent({ suppressed: [endpointKey('email', 'ana@example.test')], essential: ['billing'] });
    expect(refusalOf(known, mail)).toBe('endpoint_suppressed');
    expect(refusalOf(known, { ...mail, category: null })).toBe('endpoint_suppressed');
  });
  it('cannot be confused by what ids are made of', () => {
    expect(choiceKey('a', 'b c', '')).not.toBe(choiceKey('a b', 'c', ''));
  });
  it('of one channel is about that channel, and needs the category as well', () => {
    const noSms = consent({ optedOut: [choiceKey('ana', 'billing', 'sms')] });
    expect(refusalOf(noSms, mail)).toBeNull();
    expect(refusalOf(noSms, { ...mail, channel: 'sms', address: '+34600000001' })).toBe('opted_out');
    const onlyChannel = consent({
      optedOut: [choiceKey('ana', 'billing', '')],
      optedIn: [choiceKey('ana', 'billing', 'email')],
    });
    expect(refusalOf(onlyChannel, mail)).toBe('opted_out');
  });
  it('is given by nobody where a category is off until somebody asks for it', () => {
    const news: CategoryDefaults = { subscribed: false, channels: { sms: false } };
    expect(refusalOf(consent({ defaults: news }), mail)).toBe('opted_out');
    const asked = consent({ defaults: news, optedIn: [choiceKey('ana', 'billing', '')] });
    expect(refusalOf(asked, mail)).toBeNull();
    expect(refusalOf(asked, { ...mail, recipient: 'bo' })).toBe('opted_out');
    const sms = { ...mail, channel: 'sms', address: '+34600000001' } as const;
    expect(refusalOf(asked, sms)).toBe('opted_out');
    const both = consent({
      defaults: news,
      optedIn: [choiceKey('ana', 'billing', ''), choiceKey('ana', 'billing', 'sms')],
    });
    expect(refusalOf(both, sms)).toBeNull();
    // Essential ones are told to everybody, whatever their defaults once were.
    expect(refusalOf(consent({ defaults: news, essential: ['billing'] }), sms)).toBeNull();
  });
  it('is what the tenant says where the category leaves it open', () => {
    expect(refusalOf(consent({ usual: { subscribed: false } }), mail)).toBe('opted_out');
    expect(refusalOf(consent({ usual: { subscribed: false }, defaults: { subscribed: true } }), mail)).toBeNull();
    expect(
      refusalOf(consent({ usual: { channels: { email: false } }, defaults: { channels: { sms: false } } }), mail),
    ).toBe('opted_out');
  });
});

describe('a contact plan', () => {
  const via: ContactPlan = [
    { channel: 'email', after: null, else: false },
    { channel: 'sms', after: { kind: 'exact', ms: 600_000 }, else: false },
    { channel: 'inbox', after: null, else: false },
  ];
  const effect: NotifyEffect = {
    kind: 'notify',
    stage: 'notice',
    role: 'notice',
    run: 1,
    notify: 0,
    audience: { kind: 'recipients', ids: ['ana'] },
    template: null,
    via,
    urgency: 'normal',
    stoppedBy: 'acknowledge',
    sendAt: 0 as Instant,
    reason: 'opened',
  };
  const followUp = { id: '019a0000-0000-7000-8000-000000000000', generation: 1 };
  const policy = { id: 'bill', stages: [], calendar: null, category: 'billing', consolidate: 'none' } as const;
  const routed = (known: Consent | undefined) =>
    route(followUp, effect, ana, { policy, tenant: { zone: null }, consent: known }).map(
      ({ channel, status, reason }) => `${channel} ${status} ${reason}`,
    );

  it('goes on at once with the next entry when the first is suppressed', () => {
    expect(routed(undefined)).toEqual(['email queued opened', 'sms planned opened', 'inbox queued opened']);
    expect(routed(consent({ suppressed: [endpointKey('email', 'ana@example.test')] }))).toEqual([
      'email suppressed endpoint_suppressed',
      'sms queued channel_failed',
      'inbox queued opened',
    ]);
  });
  it('has only the inbox left for somebody who opted out', () => {
    expect(routed(consent({ optedOut: [choiceKey('ana', 'billing', '')] }))).toEqual([
      'email suppressed opted_out',
      'sms suppressed opted_out',
      'inbox queued opened',
    ]);
  });
});

describe('what was not sent', () => {
  const line = { at: 0 as Instant, kind: 'message_suppressed', stage: 'notice' } as const;
  it('is said in a sentence', () => {
    expect(sentence({ ...line, reason: 'opted_out', recipient: 'ana', channel: 'email' })).toBe(
      'Did not send "notice" to ana by email because the recipient does not want messages of this category.',
    );
    expect(sentence({ ...line, reason: 'endpoint_suppressed', channel: 'sms', data: { people: 3 } })).toBe(
      'Did not send "notice" to 3 of a group by SMS because nothing is sent to this address any more.',
    );
    expect(sentence({ ...line, reason: 'no_endpoint', recipient: 'ana', data: { channels: ['email'] } })).toBe(
      'Nothing of "notice" could be sent to ana because the recipient has no address on this channel.',
    );
  });
});
