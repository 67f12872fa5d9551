-- Who is signed in to the pages of this server: a token of which only the hash is kept, and the hash of the API key it was given for.
-- The key itself is looked up with every use, so that a session ends with its key, the one of the environment included. Like keys
-- not under row-level security: a session is looked up before its tenant is known. A reference table on Citus.
CREATE TABLE relance.sessions (
  hash bytea PRIMARY KEY,
  key_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires_at ON relance.sessions (expires_at);

GRANT SELECT, INSERT, DELETE ON relance.sessions TO relance_engine;
