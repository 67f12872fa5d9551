// Groups: a named set of recipients that a target can speak to.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  deleteGroup,
  getGroup,
  listGroups,
  putGroup,
  type StoredGroup,
  type WrittenGroup,
} from '../../store/sql/group.ts';
import { lockVersion } from '../../store/sql/last-version.ts';
import { checkWrittenOver, expectedOf } from '../expected.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

const MEMBERS_MAX = 200_000;
export const groupSchema = z.strictObject({
  id: idSchema.optional(),
  version: z.number().int().optional().describe('as it was read; what is written over is said by `If-Match`'),
  name: z.string().max(500).nullish(),
  members: z.array(idSchema).max(MEMBERS_MAX).default([]),
});

/** Whoever is named twice is in it once, in the first place. */
export const toGroup = (id: string, body: z.output<typeof groupSchema>): WrittenGroup => ({
  id,
  name: body.name ?? null,
  members: [...new Set(body.members)],
});

const asWritten = (stored: StoredGroup | null) => {
  if (stored === null) return null;
  const { version, ...body } = stored;
  return { version, body };
};

type ById = { Params: { id: string } };

export function groupRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/groups/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const body = read(groupSchema, request.body);
    checkSameId(body.id, id);
    const group = toGroup(id, body);
    const expected = expectedOf(request);
    return ports.database.transaction(scopeOf(caller), (tx) =>
      putGroup(tx, caller.tenant, group, (before) =>
        checkWrittenOver(expected, asWritten(before), group, `group "${id}"`),
      ),
    );
  });
  app.get('/v1/groups', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listGroups(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows, query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/groups/:id', async (request) => {
    const caller = callerOf(request);
    const group = await ports.database.transaction(scopeOf(caller), (tx) =>
      getGroup(tx, caller.tenant, request.params.id),
    );
    if (group === null) throw new Problem('not_found', `There is no group "${request.params.id}".`);
    return group;
  });
  app.delete<ById>('/v1/groups/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await refuseUsed(tx, caller.tenant, 'group', id);
      await lockVersion(tx, 'group', caller.tenant, id);
      if (!(await deleteGroup(tx, caller.tenant, id))) throw new Problem('not_found', `There is no group "${id}".`);
    });
    return reply.code(204).send();
  });
}
