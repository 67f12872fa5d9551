// A device that takes pushes, and its address as one line of text: what `push` endpoints hold, and what a message to all
// devices of somebody has one line each of. Registered at /v1/inbox/devices (store/sql/device.ts) or written as an
// endpoint of a recipient. Pure; the providers of the channel read it (server: channels/push-devices.ts).
//
//   https://push.example/abc#p256dh=…&auth=…     a browser (RFC 8030, 8291)
//   fcm:<registration token>                     Firebase Cloud Messaging
//   apns:<device token>[?topic=com.example.app]  Apple; without a topic, that of the connection

export type Device =
  | { readonly kind: 'web'; readonly endpoint: string; readonly p256dh: string; readonly auth: string }
  | { readonly kind: 'fcm'; readonly token: string }
  | { readonly kind: 'apns'; readonly token: string; readonly topic: string | null };
export type DeviceKind = Device['kind'];

/** A push message goes to all of them, so a person has few; the one that was not seen for longest makes room. */
export const DEVICES_MAX = 20;
/** As an address of an endpoint, and an entry of an index. */
export const DEVICE_ADDRESS_MAX = 2_000;

/** P-256 points and 16 bytes, base64url (RFC 8291 §3.1 and §3.2). */
export const P256DH = /^B[A-Za-z0-9_-]{86}$/;
export const PUSH_AUTH = /^[A-Za-z0-9_-]{22}$/;
export const FCM_TOKEN = /^[A-Za-z0-9_:.-]{1,1000}$/;
export const APNS_TOKEN = /^(?:[0-9a-f]{2}){4,100}$/;
export const APNS_TOPIC = /^[A-Za-z0-9.-]{1,200}$/;

export function formatDevice(device: Device): string {
  switch (device.kind) {
    case 'web':
      return `${device.endpoint}#p256dh=${device.p256dh}&auth=${device.auth}`;
    case 'fcm':
      return `fcm:${device.token}`;
    case 'apns':
      return `apns:${device.token}${device.topic === null ? '' : `?topic=${device.topic}`}`;
  }
}

export function readDevice(address: string): Device | null {
  if (address.length > DEVICE_ADDRESS_MAX) return null;
  const [, fcm] = /^fcm:(.*)$/s.exec(address) ?? [];
  if (fcm !== undefined) return FCM_TOKEN.test(fcm) ? { kind: 'fcm', token: fcm } : null;
  const [, token, topic = null] = /^apns:([0-9a-f]+)(?:\?topic=(.*))?$/s.exec(address) ?? [];
  if (token !== undefined)
    return APNS_TOKEN.test(token) && (topic === null || APNS_TOPIC.test(topic)) ? { kind: 'apns', token, topic } : null;
  const [, endpoint, p256dh, auth] = /^(https?:\/\/[^#\s]+)#p256dh=([\w-]+)&auth=([\w-]+)$/.exec(address) ?? [];
  if (endpoint === undefined || p256dh === undefined || auth === undefined) return null;
  return P256DH.test(p256dh) && PUSH_AUTH.test(auth) ? { kind: 'web', endpoint, p256dh, auth } : null;
}

export interface AddressedDevice {
  readonly address: string;
  readonly device: Device;
}

/** The devices behind the address of a push message (route.ts); lines that are none are left out. */
export const devicesOf = (address: string): readonly AddressedDevice[] =>
  address.split('\n').flatMap((line) => {
    const device = readDevice(line);
    return device === null ? [] : [{ address: line, device }];
  });
