-- How many a tenant has that wait, and which of them are the oldest.
CREATE INDEX early_receipts_of_tenant ON relance.early_receipts (tenant, arrived_at);
