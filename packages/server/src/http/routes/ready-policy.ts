// The policies that come with Relance, for whoever wants to take one: `relance init --policy` makes a project folder of the same.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { readQuery } from '../route.ts';

export function readyPolicyRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/ready-policies', async (request) => {
    readQuery(z.object({}), request.query);
    return { items: ports.readyPolicies.list(), nextCursor: null };
  });
  app.get<{ Params: { id: string } }>('/v1/ready-policies/:id', async (request) => {
    readQuery(z.object({}), request.query);
    const whole = await ports.readyPolicies.whole(request.params.id);
    if (whole === null) throw new Problem('not_found', `There is no ready policy "${request.params.id}".`);
    return whole;
  });
}
