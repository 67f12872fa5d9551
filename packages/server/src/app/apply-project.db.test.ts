// A project folder that is applied, by the server that reads it and by `relance apply` over HTTP: the same calendars, in the
// same version.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@relance/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_KEY, createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { applyProject } from './apply-project.ts';
import { applyRemote } from './apply-remote.ts';
import { readProject } from './project.ts';

const DIRECTORY = `calendars:
  - id: office
    zone: Europe/Paris
    holidays: [FR, { icalendar: company.ics }]
`;
const COMPANY =
  'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261103\nSUMMARY:Founders’ day\nEND:VEVENT\nEND:VCALENDAR\n';

let http: HttpWorld;
let folder: string;
beforeAll(async () => {
  http = await createHttpWorld();
  folder = mkdtempSync(join(tmpdir(), 'relance-apply-'));
  mkdirSync(join(folder, 'directory'));
  writeFileSync(join(folder, 'directory', 'office.yaml'), DIRECTORY);
  writeFileSync(join(folder, 'directory', 'company.ics'), COMPANY);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await http.end();
});

it('brings calendars, with what their files say', async () => {
  const project = await readProject(folder);
  const applied = await applyProject(http.world.database, 'default', project, { info() {} });
  expect(applied.calendars).toBe(1);
  const client = createClient({ url: await http.listen(), key: ADMIN_KEY });
  const said: string[] = [];
  await applyRemote(client, project, (line) => said.push(line));
  expect(said).toEqual(['calendar office']);
  const { version, days, special } = await client.calendars.days('office', { count: 2 });
  expect(version).toBe(1);
  expect(days.map(({ date }) => date)).toEqual(['2026-11-02', '2026-11-04']);
  expect(special).toEqual([{ date: '2026-11-03', weekday: 'tue', hours: 'closed', name: 'Founders’ day' }]);
});
