// Categories: what policies are about.
import { isDeepStrictEqual } from 'node:util';
import { categoryDefaultsSchema } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { deleteCategory, getCategory, listCategories, putCategory } from '../../store/sql/category.ts';
import { lockVersion } from '../../store/sql/last-version.ts';
import { checkExistence, existenceOf } from '../expected.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

export const categorySchema = z
  .strictObject({
    id: idSchema.optional(),
    title: z.string().min(1).max(500),
    essential: z.boolean().default(false),
    why: z.string().min(1).max(500).nullable().default(null).describe('why an essential one cannot be switched off'),
    defaults: categoryDefaultsSchema.default({}).describe('what holds for whoever has not chosen'),
  })
  .refine(({ essential, why }) => essential || why === null, {
    path: ['why'],
    message: 'says why an essential category cannot be switched off; this one is not essential',
  })
  .refine(({ essential, defaults }) => !essential || Object.keys(defaults).length === 0, {
    path: ['defaults'],
    message: 'must be empty: an essential category is told to everybody, as it happens',
  });
type ById = { Params: { id: string } };

export function categoryRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.put<ById>('/v1/categories/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const body = read(categorySchema, request.body);
    checkSameId(body.id, id);
    const category = { ...body, id };
    const expected = existenceOf(request);
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await lockVersion(tx, 'category', caller.tenant, id);
      const before = await getCategory(tx, caller.tenant, id);
      const same = (): boolean => isDeepStrictEqual(before, category);
      checkExistence(expected, { exists: before !== null, same }, `category "${id}"`);
      await putCategory(tx, caller.tenant, category);
    });
    return category;
  });
  app.get('/v1/categories', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listCategories(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows, query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/categories/:id', async (request) => {
    const caller = callerOf(request);
    const category = await ports.database.transaction(scopeOf(caller), (tx) =>
      getCategory(tx, caller.tenant, request.params.id),
    );
    if (category === null) throw new Problem('not_found', `There is no category "${request.params.id}".`);
    return category;
  });
  app.delete<ById>('/v1/categories/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await lockVersion(tx, 'category', caller.tenant, id);
      if (!(await deleteCategory(tx, caller.tenant, id)))
        throw new Problem('not_found', `There is no category "${id}".`);
    });
    return reply.code(204).send();
  });
}
