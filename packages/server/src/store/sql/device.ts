// Devices that take pushes, in their recipient's slot. Decisions see them as endpoints (directory.ts); a device that its
// push service no longer knows is forgotten with the outcome that says so (engine/outcome.ts).
import { DEVICES_MAX, type DeviceKind, type Instant, slotOfRecipient, toRfc3339 } from '@relance/core';
import type { Tx } from '../database.ts';

export interface DeviceOwner {
  readonly tenant: string;
  readonly recipient: string;
}

interface DeviceRow {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly created_at: Instant;
  readonly seen_at: Instant;
}
/** Without its address: that is a secret of the device. */
export const toWireDevice = (row: DeviceRow) => ({
  id: row.id,
  kind: row.kind,
  createdAt: toRfc3339(row.created_at),
  seenAt: toRfc3339(row.seen_at),
});
const COLUMNS = 'id, kind, created_at, seen_at';

/**
 * Registers a device, or sees it again. Null when there is no such recipient. Their row is locked first, so that several
 * at once keep to the limit; and whoever signs in on a device takes it over from whoever did before.
 */
export async function putDevice(
  tx: Tx,
  { tenant, recipient }: DeviceOwner,
  device: { readonly id: string; readonly kind: DeviceKind; readonly address: string },
): Promise<DeviceRow | null> {
  const slot = slotOfRecipient(tenant, recipient);
  const known = await tx.query(
    'SELECT FROM relance.recipients WHERE slot = $1 AND tenant = $2 AND id = $3 FOR NO KEY UPDATE',
    [slot, tenant, recipient],
  );
  if (known.length === 0) return null;
  await tx.query(
    `DELETE FROM relance.devices WHERE tenant = $1 AND md5(address) = md5($2) AND address = $2
       AND NOT (recipient = $3 AND id = $4)`,
    [tenant, device.address, recipient, device.id],
  );
  const [row] = await tx.query<DeviceRow>(
    `INSERT INTO relance.devices (slot, tenant, recipient, id, kind, address) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (slot, tenant, recipient, id) DO UPDATE SET kind = excluded.kind, address = excluded.address, seen_at = excluded.seen_at
     RETURNING ${COLUMNS}`,
    [slot, tenant, recipient, device.id, device.kind, device.address],
  );
  await tx.query(
    `DELETE FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND id IN (
       SELECT id FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3
       ORDER BY seen_at DESC, id = $4 DESC, id OFFSET $5)`,
    [slot, tenant, recipient, device.id, DEVICES_MAX],
  );
  return row ?? null;
}

export const listDevices = (tx: Tx, { tenant, recipient }: DeviceOwner): Promise<DeviceRow[]> =>
  tx.query(
    `SELECT ${COLUMNS} FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3 ORDER BY seen_at DESC, id`,
    [slotOfRecipient(tenant, recipient), tenant, recipient],
  );

export async function deleteDevice(tx: Tx, { tenant, recipient }: DeviceOwner, id: string): Promise<boolean> {
  const rows = await tx.query(
    'DELETE FROM relance.devices WHERE slot = $1 AND tenant = $2 AND recipient = $3 AND id = $4 RETURNING id',
    [slotOfRecipient(tenant, recipient), tenant, recipient, id],
  );
  return rows.length > 0;
}

/** Forgets devices by their address: one that has registered anew since then has another, and stays. */
export async function removeDevices(
  tx: Tx,
  gone: readonly (DeviceOwner & { readonly address: string })[],
): Promise<void> {
  if (gone.length === 0) return;
  await tx.query(
    `DELETE FROM relance.devices WHERE (slot, tenant, recipient, id) IN (
       SELECT d.slot, d.tenant, d.recipient, d.id FROM relance.devices d
       JOIN unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) AS x(slot, tenant, recipient, address)
         ON d.slot = x.slot AND d.tenant = x.tenant AND d.recipient = x.recipient AND d.address = x.address
       ORDER BY d.slot, d.tenant, d.recipient, d.id FOR UPDATE OF d)`,
    [
      gone.map(({ tenant, recipient }) => slotOfRecipient(tenant, recipient)),
      gone.map(({ tenant }) => tenant),
      gone.map(({ recipient }) => recipient),
      gone.map(({ address }) => address),
    ],
  );
}
