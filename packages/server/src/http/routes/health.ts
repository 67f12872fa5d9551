// For operators: alive (loops turn), ready (the database answers and we are not stopping), and numbers for Prometheus.
import type { FastifyInstance } from 'fastify';
import { ENGINE } from '../../store/database.ts';
import { readClock } from '../../store/sql/clock.ts';
import type { HttpPorts } from '../ports.ts';

export function healthRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/healthz', async (_request, reply) =>
    ports.healthy()
      ? { status: 'ok', version: ports.version }
      : reply.code(503).send({ status: 'stalled', version: ports.version }),
  );
  app.get('/readyz', async (_request, reply) => {
    if (ports.stopping()) return reply.code(503).send({ status: 'stopping' });
    try {
      await ports.database.transaction(ENGINE, readClock);
      return { status: 'ready' };
    } catch {
      return reply.code(503).header('retry-after', '2').send({ status: 'database_away' });
    }
  });
  app.get('/metrics', async (_request, reply) =>
    ports.registry === null
      ? reply.code(404).send()
      : reply.type(ports.registry.contentType).send(await ports.registry.metrics()),
  );
}
