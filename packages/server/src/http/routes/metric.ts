// Figures by HTTP: what became of follow-ups and messages, as JSON or, for spreadsheets and R, as CSV. What is asked and answered is
// insights/answer.ts. Numbers for operators are elsewhere (/metrics, health.ts).
import { metricColumns } from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Answer, askFigures, QUESTIONS, type Question } from '../../insights/answer.ts';
import { csvLine } from '../csv.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, readQuery } from '../route.ts';

const name = z.string().min(1).max(200);
export const metricQuerySchema = z.object({
  from: name.optional().describe('a date or RFC 3339; 30 days in all when not given'),
  to: name.optional().describe('likewise; today when not given'),
  groupBy: name.optional().describe('of policy, stage, channel, team, level and day, with commas between'),
  policy: name.optional().describe('of this policy alone'),
  team: name.optional().describe('of this team alone'),
  format: z.enum(['json', 'csv']).optional().describe('csv: as with `Accept: text/csv`'),
});

export function metricRoutes(app: FastifyInstance, ports: HttpPorts): void {
  for (const question of Object.keys(QUESTIONS) as Question[])
    app.get(`/v1/metrics/${question}`, async (request, reply) => {
      const { tenant } = callerOf(request);
      const { format, ...asked } = readQuery(metricQuerySchema, request.query);
      const answered = await askFigures(ports, tenant, question, asked);
      if (answered.kind === 'wrong') {
        const { path, message } = answered.wrong;
        throw new Problem('invalid', `\`${path}\` ${message}.`, { errors: [answered.wrong] });
      }
      if ((format ?? wantedFormat(request)) === 'json') return answered.answer;
      return reply
        .header('content-type', 'text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${question}.csv"`)
        .send(csvOf(answered.answer));
    });
}

const wantedFormat = ({ headers: { accept = '' } }: FastifyRequest): 'json' | 'csv' =>
  accept.includes('text/csv') && !accept.includes('json') ? 'csv' : 'json';

/** Nothing but the header where there is no row: of which columns it is known from what was asked. */
function csvOf({ rows, groupBy }: Answer): string {
  const columns = rows.map(metricColumns);
  const names = columns[0] === undefined ? groupBy : Object.keys(columns[0]);
  return [names, ...columns.map((row) => names.map((each) => textOf(row[each])))].map(csvLine).join('');
}
const textOf = (value: string | number | null | undefined): string | null => (value == null ? null : String(value));
