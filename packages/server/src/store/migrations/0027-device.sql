-- Devices that take pushes: browsers, and phones with an app. In the recipient's own slot, gone with the recipient. The
-- address is one line of text (core/device.ts); whoever registers it last has it.
CREATE TABLE relance.devices (
  slot smallint NOT NULL,
  tenant text NOT NULL,
  recipient text NOT NULL,
  id text NOT NULL, -- chosen by the client
  kind text NOT NULL CHECK (kind IN ('web', 'fcm', 'apns')),
  address text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (slot, tenant, recipient, id),
  FOREIGN KEY (slot, tenant, recipient) REFERENCES relance.recipients ON DELETE CASCADE
);
-- A token may be longer than an entry of an index.
CREATE INDEX devices_address ON relance.devices (tenant, md5(address));

GRANT SELECT, INSERT, UPDATE, DELETE ON relance.devices TO relance_engine, relance_api;
ALTER TABLE relance.devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE relance.devices FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON relance.devices USING (tenant = current_setting('relance.tenant', true));
CREATE POLICY all_tenants ON relance.devices TO relance_engine USING (true);
