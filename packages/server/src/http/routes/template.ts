// Templates: stored checked and whole (template-store.ts), so that sending only renders, answered as they were written, previewed
// for any recipient and sent to oneself (template-preview.ts).
import { templateSchema, type WrittenParts, type WrittenTemplate } from '@relance/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Tx } from '../../store/database.ts';
import { deleteTemplate, getTemplate, listTemplates } from '../../store/sql/template.ts';
import { Compiling } from '../compiling.ts';
import { checkWrittenOver, expectedOf } from '../expected.ts';
import { parseJson } from '../json.ts';
import { sendMailHtml } from '../mail-html.ts';
import { refuseUsed } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, checkSameId, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';
import { previewColorsSchema, previewSchema, previewTemplate, testSchema, testTemplate } from '../template-preview.ts';
import { refuseMadeOf, storeTemplates } from '../template-store.ts';

export const bodyOf = ({ id: _id, ...body }: WrittenTemplate): WrittenParts => body as WrittenParts;
const toWire = ({ id, version, body }: { id: string; version: number; body: object }) => ({ id, version, ...body });
/** A form shows it in a frame: its field `preview` is the JSON. */
function formOrJson(body: unknown): unknown {
  const { preview } = (body ?? {}) as { readonly preview?: unknown };
  if (typeof preview !== 'string') return body;
  try {
    return parseJson(preview);
  } catch {
    throw new Problem('invalid', '`preview` is not JSON.');
  }
}
type ById = { Params: { id: string } };

export function templateRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const compiling = new Compiling(ports.compileMjml);
  const previewing = (reply: FastifyReply) => ({ ...ports, compiling: compiling.for(reply) });
  app.put<ById>('/v1/templates/:id', async (request, reply) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const written = read(templateSchema, request.body);
    checkSameId(written.id, id);
    const body = bodyOf(written);
    const expected = expectedOf(request);
    const check = async (tx: Tx) =>
      checkWrittenOver(expected, await getTemplate(tx, caller.tenant, id), body, `template "${id}"`);
    // In turn from its begin on: what is read of those that are made of it is not old by the time it is compiled.
    const versions = await compiling.for(reply).inTurn(caller, (compile) => {
      const storing = { tenant: caller.tenant, templates: [{ id, body }], check, compile };
      return storeTemplates(ports.database, storing, (_tx, store) => store());
    });
    return toWire({ id, version: versions.get(id) ?? 1, body });
  });
  app.get('/v1/templates', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listTemplates(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(rows.map(toWire), query.limit, (row) => row.id);
  });
  app.get<ById>('/v1/templates/:id', async (request) => {
    const caller = callerOf(request);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getTemplate(tx, caller.tenant, request.params.id),
    );
    if (row === null) throw new Problem('not_found', `There is no template "${request.params.id}".`);
    return toWire(row);
  });
  app.delete<ById>('/v1/templates/:id', async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    await ports.database.transaction(scopeOf(caller), async (tx) => {
      await refuseUsed(tx, caller.tenant, 'template', id);
      await refuseMadeOf(tx, caller.tenant, id);
      if (!(await deleteTemplate(tx, caller.tenant, id)))
        throw new Problem('not_found', `There is no template "${id}".`);
    });
    return reply.code(204).send();
  });
  app.post<ById>('/v1/templates/:id/preview', async (request, reply) =>
    previewTemplate(previewing(reply), request.params.id, callerOf(request), read(previewSchema, request.body)),
  );
  app.post<ById>('/v1/templates/:id/preview/html', async (request, reply) => {
    const caller = callerOf(request);
    const { colors } = readQuery(previewColorsSchema, request.query);
    const body = read(previewSchema, formOrJson(request.body));
    const { content } = await previewTemplate(previewing(reply), request.params.id, caller, body);
    if (content.html === undefined)
      throw new Problem('unprocessable', `The words for ${body.channel} have no HTML; only a mail has.`);
    return sendMailHtml(reply, content.html, colors ?? null);
  });
  app.post<ById>('/v1/templates/:id/test', async (request, reply) =>
    testTemplate(previewing(reply), request.params.id, callerOf(request), read(testSchema, request.body)),
  );
}
