-- How the server's own connections fare is kept like that of a tenant's, under a tenant that nobody is. Every tenant's messages may leave
-- by them, so every tenant may read it; only the engine writes it, in words that name nobody (engine/server-health.ts).
CREATE POLICY of_server ON relance.connection_health FOR SELECT USING (tenant = '');
