// The devices of a recipient that take pushes, by recipient token: a browser's subscription, or the token an app was given.
// A person sees their own, never an address of one. With them: the key that browsers subscribe with, and the worker they
// show notifications with (responses/service-worker.ts).
import { ECDH } from 'node:crypto';
import {
  APNS_TOKEN,
  APNS_TOPIC,
  DEVICE_ADDRESS_MAX,
  type Device,
  FCM_TOKEN,
  formatDevice,
  P256DH,
  PUSH_AUTH,
  withoutAtEnd,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SERVICE_WORKER } from '../../responses/service-worker.ts';
import { deleteDevice, listDevices, putDevice, toWireDevice } from '../../store/sql/device.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { recipientOf } from '../recipient-token.ts';
import { idSchema, read } from '../route.ts';

/** Push services are reached by https://; a browser's own test service may be on this very machine. */
function isPushAddress(text: string): boolean {
  if (!/^[!-~]+$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const own = hostname === 'localhost' || hostname === '127.0.0.1';
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && own));
}

const endpoint = z
  .string()
  .max(DEVICE_ADDRESS_MAX - 200)
  .refine(isPushAddress, 'must be an https:// address, as the browser gave it');

/** What is no point of the curve cannot be encrypted for (RFC 8291 §3.1). */
function isOnCurve(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'base64url', 'compressed');
    return true;
  } catch {
    return false;
  }
}

/** Browsers write base64url; who has encoded the bytes themselves, often base64. */
const bytes = (pattern: RegExp, message: string) =>
  z
    .string()
    .transform((text) => withoutAtEnd(text.replaceAll('+', '-').replaceAll('/', '_'), '='))
    .pipe(z.string().regex(pattern, message));

/** `subscription.toJSON()`, as browsers have it at hand. */
const subscription = z.object({
  endpoint,
  keys: z.object({
    p256dh: bytes(P256DH, 'must be the 65 bytes of a P-256 key, base64url').refine(
      isOnCurve,
      'must be a point of the curve P-256: send the subscription as the browser gave it',
    ),
    auth: bytes(PUSH_AUTH, 'must be 16 bytes, base64url'),
  }),
});
/** As the page of everything that waits sends it (routes/me.ts). */
export const subscriptionSchema = z.strictObject({ subscription });

/** The shapes that browsers and apps have at hand: a subscription, or a token. */
export const deviceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('web'), subscription }),
  z.strictObject({ kind: z.literal('fcm'), token: z.string().regex(FCM_TOKEN, 'must be a registration token') }),
  z.strictObject({
    kind: z.literal('apns'),
    token: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.string().regex(APNS_TOKEN, 'must be the device token in hexadecimal')),
    topic: z.string().regex(APNS_TOPIC, 'must be the bundle id of the app').nullish(),
  }),
]);

function webOf({ endpoint: address, keys }: z.infer<typeof subscription>): Device {
  const url = new URL(address);
  url.hash = '';
  return { kind: 'web', endpoint: url.href, ...keys };
}

/** A browser as it is stored. */
export const webDevice = (given: z.infer<typeof subscription>) => ({
  kind: 'web' as const,
  address: formatDevice(webOf(given)),
});

function toDevice(body: z.infer<typeof deviceSchema>): Device {
  switch (body.kind) {
    case 'web':
      return webOf(body.subscription);
    case 'fcm':
      return body;
    case 'apns':
      return { ...body, topic: body.topic ?? null };
  }
}

type ById = { Params: { id: string } };

export function deviceRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/inbox/devices', async (request) => {
    const of = await recipientOf(request, ports);
    const rows = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, (tx) => listDevices(tx, of));
    return { items: rows.map(toWireDevice), nextCursor: null };
  });
  app.put<ById>('/v1/inbox/devices/:id', async (request) => {
    const of = await recipientOf(request, ports);
    const id = read(idSchema, request.params.id);
    const device = toDevice(read(deviceSchema, request.body));
    const row = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, (tx) =>
      putDevice(tx, of, { id, kind: device.kind, address: formatDevice(device) }),
    );
    if (row === null) throw new Problem('token_needed', 'The recipient that the token was made for is gone.');
    return toWireDevice(row);
  });
  app.delete<ById>('/v1/inbox/devices/:id', async (request, reply) => {
    const of = await recipientOf(request, ports);
    const { id } = request.params;
    const found = await ports.database.transaction({ kind: 'tenant', tenant: of.tenant }, (tx) =>
      deleteDevice(tx, of, id),
    );
    if (!found) throw new Problem('not_found', `There is no device "${id}" of yours.`);
    return reply.code(204).send();
  });
  app.get('/v1/inbox/push-key', async (request) => {
    const of = await recipientOf(request, ports);
    const publicKey = (await ports.pushKey?.(of.tenant)) ?? null;
    if (publicKey === null)
      throw new Problem('not_found', 'No connection for web push is configured here, so browsers cannot subscribe.');
    return { publicKey };
  });
  // Of another origin it is loaded by `importScripts`, so that origin may read it.
  app.get('/sw.js', (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'max-age=300')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(SERVICE_WORKER),
  );
}
