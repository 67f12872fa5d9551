// A device's address is one line: what is written can be read again, and what is none is left out.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Device, devicesOf, formatDevice, readDevice } from './device.ts';
import { blankRecipient } from './recipient.ts';
import { addressOf } from './route.ts';

const WEB: Device = {
  kind: 'web',
  endpoint: 'https://push.example/a?b=c&d=e',
  p256dh: `B${'x'.repeat(86)}`,
  auth: 'y'.repeat(22),
};
const FCM: Device = { kind: 'fcm', token: 'abc:DEF_1-2.3' };
const APNS: Device = { kind: 'apns', token: 'ab'.repeat(32), topic: null };
const OTHER: Device = { ...APNS, topic: 'com.example.app' };

it.each([[WEB], [FCM], [APNS], [OTHER]])('%j is read as it was written', (device) => {
  expect(readDevice(formatDevice(device))).toEqual(device);
});

it.each([
  '',
  'phone-of-theo',
  'fcm:',
  'fcm:a b',
  'fcm:a\nfcm:b',
  'apns:xyz',
  'apns:abc',
  `apns:${'ab'.repeat(32)}?topic=../x`,
  'https://push.example/a',
  `https://push.example/a#p256dh=short&auth=${'y'.repeat(22)}`,
  `javascript:alert(1)#p256dh=${WEB.p256dh}&auth=${WEB.auth}`,
  `${formatDevice(WEB)}#more`,
  `https://push.example/${'a'.repeat(2_000)}#p256dh=${WEB.p256dh}&auth=${WEB.auth}`,
])('%j is no device', (address) => expect(readDevice(address)).toBeNull());

it('nothing that anybody writes is two devices', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const prefix of ['', 'fcm:', 'apns:', 'https://']) {
        const device = readDevice(prefix + text);
        if (device !== null) expect(devicesOf(formatDevice(device))).toHaveLength(1);
      }
    }),
  );
});

it('a push goes to all devices of somebody, other channels to the first address', () => {
  const endpoints = [WEB, FCM].map((device) => ({ channel: 'push' as const, address: formatDevice(device) }));
  const chat = ['one', 'two'].map((address) => ({ channel: 'chat' as const, address }));
  const ana = { ...blankRecipient('ana'), endpoints: [...endpoints, ...chat] };
  expect(devicesOf(addressOf(ana, 'push') ?? '').map(({ device }) => device)).toEqual([WEB, FCM]);
  expect(addressOf(ana, 'chat')).toBe('one');
  expect(addressOf(blankRecipient('bo'), 'push')).toBeNull();
});
