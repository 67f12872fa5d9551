-- The newest alarms of a tenant, as the overview shows them.
CREATE INDEX alarms_of ON relance.alarms (tenant, at);
