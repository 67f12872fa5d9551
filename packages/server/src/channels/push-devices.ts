// One push message goes to all devices of its recipient: the address has them line by line (core/device.ts). A connection
// serves one kind of them; `pushConnection` makes one of several, so that a message stays one message. What the
// devices answered is put together: somebody is told as soon as one device has it, and those that are no more are named.
import { type AddressedDevice, type Device, type DeviceKind, devicesOf, type Outcome } from '@relance/core';
import type { Connection, Envelope } from './channel.ts';
import { calledOffBefore } from './http-judge.ts';

export const NOT_A_DEVICE: Outcome = {
  kind: 'rejected',
  detail: 'the address is no device that this connection serves',
};
export const DEVICE_GONE = (detail: string): Outcome => ({ kind: 'rejected', detail, endpoint: 'gone' });

type OfKind<Kind extends DeviceKind> = Extract<Device, { kind: Kind }>;

/** To every device of a kind at once. */
export async function toDevices<Kind extends DeviceKind>(
  envelope: Envelope,
  kind: Kind,
  signal: AbortSignal,
  send: (device: OfKind<Kind>) => Promise<Outcome>,
): Promise<Outcome> {
  if (signal.aborted) return calledOffBefore;
  const devices = devicesOf(envelope.address ?? '').filter(({ device }) => device.kind === kind);
  if (devices.length === 0) return NOT_A_DEVICE;
  const outcomes = await Promise.all(devices.map((one) => withAddress(one, send(one.device as OfKind<Kind>))));
  return together(outcomes);
}

async function withAddress({ address }: AddressedDevice, answered: Promise<Outcome>): Promise<Outcome> {
  const outcome = await answered;
  return outcome.kind === 'rejected' && outcome.endpoint === 'gone' ? { ...outcome, gone: [address] } : outcome;
}

/** What several answers mean for the one message. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const all = outcomes.flatMap((outcome) => outcome.gone ?? []);
  const gone = all.length === 0 ? {} : { gone: all };
  const some = <Kind extends Outcome['kind']>(kind: Kind) =>
    outcomes.filter((outcome): outcome is Extract<Outcome, { kind: Kind }> => outcome.kind === kind);
  const of = (count: number, detail: string): string =>
    outcomes.length === 1 ? detail : `${count} of ${outcomes.length}: ${detail}`;
  const accepted = some('accepted');
  if (accepted[0] !== undefined)
    return { ...accepted[0], ...gone, detail: of(accepted.length, accepted[0].detail ?? 'accepted') };
  const [uncertain] = some('uncertain');
  if (uncertain !== undefined) return { ...uncertain, ...gone };
  const retries = some('retry');
  if (retries[0] !== undefined) {
    const waits = retries.map(({ retryAfterMs }) => retryAfterMs ?? 0);
    const retryAfterMs = Math.max(...waits) === 0 ? null : Math.max(...waits);
    const about = retries.every((one) => one.about === 'message') ? 'message' : 'connection';
    return { ...retries[0], ...gone, about, retryAfterMs, detail: of(retries.length, retries[0].detail) };
  }
  const rejected = some('rejected');
  const [first = NOT_A_DEVICE] = rejected;
  const detail = [...new Set(rejected.map((one) => one.detail))].join('; ');
  const lost = rejected.length > 0 && rejected.every((one) => one.endpoint === 'gone');
  return { kind: 'rejected', detail: detail || (first.detail ?? ''), ...(lost ? { endpoint: 'gone' } : {}), ...gone };
}

/** Which kind of device a brand serves; one of somebody's own is given all that no other serves. */
const KIND_OF: Readonly<Record<string, DeviceKind>> = { 'web-push': 'web', fcm: 'fcm', apns: 'apns' };

/**
 * The push connections of a tenant as one: each is given the devices it serves. Of several for the same kind the first is
 * used, and the next where that one cannot take it at the moment. What one of them may hand over a second holds for the whole. A
 * brand that is down or slow holds up those alone who have no device of another.
 */
export function pushConnection(id: string, parts: readonly Connection[]): Connection {
  const served = new Set(parts.map(({ provider }) => KIND_OF[provider]));
  const handles = (part: Connection, { kind }: Device): boolean =>
    KIND_OF[part.provider] === undefined ? !served.has(kind) : KIND_OF[part.provider] === kind;

  async function each(
    envelope: Envelope,
    work: (part: Connection, envelope: Envelope) => Promise<Outcome>,
  ): Promise<Outcome> {
    const ways = new Map<string, { readonly parts: Connection[]; readonly addresses: string[] }>();
    for (const { address, device } of devicesOf(envelope.address ?? '')) {
      const able = parts.filter((part) => handles(part, device));
      const key = able.map((part) => part.id).join('\n');
      const way = ways.get(key) ?? { parts: able, addresses: [] };
      way.addresses.push(address);
      ways.set(key, way);
    }
    if (ways.size === 0) return NOT_A_DEVICE;
    const said = await Promise.all(
      [...ways.values()].map(async (way) => {
        const asked: { connection: string; outcome: Outcome }[] = [];
        for (const part of way.parts) {
          const outcome = await work(part, { ...envelope, address: way.addresses.join('\n') });
          asked.push({ connection: part.id, outcome });
          if (outcome.kind !== 'retry') break;
        }
        return asked;
      }),
    );
    return { ...together(said.map((asked) => asked.at(-1)?.outcome ?? NOT_A_DEVICE)), members: said.flat() };
  }

  const limits = parts.flatMap(({ perSecondMax }) => (perSecondMax == null ? [] : [perSecondMax]));
  return {
    id,
    channel: 'push',
    provider: 'push',
    perSecondMax: limits.length === 0 ? null : Math.min(...limits),
    honoursIds: parts.every(({ honoursIds }) => honoursIds),
    concurrencyMax: parts.reduce((sum, part) => sum + part.concurrencyMax, 0),
    membersFor(address) {
      const devices = devicesOf(address);
      return parts.filter((part) => devices.some(({ device }) => handles(part, device)));
    },
    async send(envelope, signal) {
      if (signal.aborted) return calledOffBefore;
      return each(envelope, (part, own) => part.send(own, signal));
    },
    async rewrite(envelope, providerId, signal) {
      return each(envelope, async (part, own) => part.rewrite?.(own, providerId, signal) ?? NOT_A_DEVICE);
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
