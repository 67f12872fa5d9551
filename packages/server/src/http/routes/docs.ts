// The reference: /openapi.json made from the routes that are really there, and /docs, the same for people. Shapes are in
// core/contract; what each address means is openapi.ts.

import { ERRORS } from '@relance/core';
import type { FastifyInstance } from 'fastify';
import { html, sendPage } from '../../responses/html.ts';
import { MAILBOX_STYLE } from '../../responses/mailbox-style.ts';
import { topBar } from '../../responses/top-bar.ts';
import { openApi } from '../openapi.ts';
import type { HttpPorts } from '../ports.ts';
import type { RouteTable } from '../route-table.ts';

const STYLE = `${MAILBOX_STYLE}
.wide code{font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}.wide h2{margin-top:2.2rem;text-transform:capitalize}.group{background:var(--paper);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.entry{display:grid;grid-template-columns:minmax(0,24rem) minmax(0,1fr);gap:.15rem 1.25rem;padding:.65rem 1rem;border-top:1px solid var(--line)}.entry{scroll-margin-top:4rem}.entry:first-child{border-top:0}.entry p{margin:0}.entry .fields{color:var(--soft)}.entry:target{background:var(--chosen)}
.method{display:inline-block;min-width:3.6rem;font-weight:700;color:var(--accent)}.method.delete{color:var(--bad)}.method.post,.method.put,.method.patch{color:var(--good)}
@media(max-width:48rem){.entry{grid-template-columns:minmax(0,1fr)}}`;

export function docsRoutes(app: FastifyInstance, ports: HttpPorts, table: RouteTable): void {
  app.get('/openapi.json', async () => openApi(table.routes, ports));
  app.get('/docs', (_request, reply) =>
    sendPage(reply, {
      title: 'HTTP reference · Relance',
      language: 'en',
      style: STYLE,
      body: page(openApi(table.routes, ports)),
    }),
  );
}

type Document = ReturnType<typeof openApi>;
interface Row {
  readonly method: string;
  readonly path: string;
  readonly operation: Document['paths'][string][string];
}

function page(document: Document) {
  const rows: readonly Row[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = [...Map.groupBy(rows, ({ operation }) => operation.tags[0] ?? 'other')];
  const schemas = document.components.schemas as Schemas;
  // What programs call comes first; pages for people and probes follow.
  const isApi = ([, all]: (typeof groups)[number]): boolean => all.some(({ path }) => path.startsWith('/v1/'));
  return html`${topBar('reference')}<main class="wide"><h1>HTTP reference</h1>
<p>JSON, camelCase, times in RFC 3339 UTC. <code>Authorization: Bearer &lt;key&gt;</code>; the key fixes the tenant. Errors are <code>application/problem+json</code> with <code>code</code>, <code>detail</code> and <code>next</code>. <code>Idempotency-Key</code> is honoured on every POST. The machine-readable form, with every field, is <a href="/openapi.json">/openapi.json</a>.</p>
${groups.toSorted((a, b) => Number(isApi(b)) - Number(isApi(a))).map(([tag, all]) => html`<h2>${tag}</h2><div class="group">${all.map((one) => row(one, schemas))}</div>`)}
<h2>Errors</h2><div class="group">${Object.entries(ERRORS).map(errorRow)}</div></main>`;
}

function row({ method, path, operation }: Row, schemas: Schemas) {
  const asked = [...namesOf(operation.parameters, 'query'), ...fieldsOf(operation.requestBody, schemas)];
  const fields = asked.length === 0 ? null : html`<p class="fields"><code>${asked.join(', ')}</code></p>`;
  return html`<div class="entry"><code><span class="method ${method}">${method.toUpperCase()}</span> ${path}</code>
<div><p>${withCode(operation.summary)}</p>${fields}</div></div>`;
}

function errorRow([code, kind]: [string, (typeof ERRORS)[keyof typeof ERRORS]]) {
  return html`<div class="entry" id="${code}"><code><span class="method">${kind.status}</span> ${code}</code>
<p>${kind.title}. ${withCode(kind.next)}</p></div>`;
}

/** Names in a sentence are written between backticks. */
const withCode = (text: string) => text.split('`').map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`));

const namesOf = (parameters: unknown, where: string): readonly string[] =>
  (parameters as readonly { name: string; in: string }[]).filter((one) => one.in === where).map(({ name }) => name);

/** The fields of a JSON body; a star marks those that must be there. */
function fieldsOf(requestBody: unknown, schemas: Schemas): readonly string[] {
  const { content } = (requestBody ?? {}) as { content?: Readonly<Record<string, { schema: Schema }>> };
  const written = content?.['application/json']?.schema;
  const name = written?.$ref?.split('/').at(-1);
  const schema = name === undefined ? written : schemas[name];
  return Object.keys(schema?.properties ?? {}).map((name) =>
    schema?.required?.includes(name) === true ? `${name}*` : name,
  );
}
type Schemas = Readonly<Record<string, Schema>>;
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}
