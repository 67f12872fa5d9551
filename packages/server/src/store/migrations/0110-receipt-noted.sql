-- When the provider of a connection last told what became of a message, to within a minute: whether its news arrives at all can be seen.
ALTER TABLE relance.connections ADD COLUMN receipt_at timestamptz;
