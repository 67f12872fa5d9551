// How long `relance check` takes without a server: each ready policy with its templates, and 49 escalations to one schedule of
// hourly turns, the year watched for each. The first run loads MJML and reads zones and holidays, and is told apart.
import { join } from 'node:path';
import { compilePolicy, compileSchedule, instant, prove, scheduleSchema } from '@relance/core';
import { checkFiles } from '../../packages/server/src/app/check-files.ts';
import { READY, READY_IDS } from '../scenario.ts';

const NOW = instant(Date.UTC(2026, 10, 2, 8));

export async function checkBench(say: (line: string) => void): Promise<void> {
  const took = async (work: () => unknown): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  const all = async () => {
    for (const id of READY_IDS) await checkFiles(join(READY, id), NOW);
  };
  const first = await took(all);
  const times: number[] = [];
  for (let run = 0; run < 5; run++) times.push(await took(all));
  const median = times.sort((a, b) => a - b)[2] ?? 0;
  say(`check of ${READY_IDS.length} ready policies: ${median.toFixed(0)} ms (first ${first.toFixed(0)} ms)`);
  const watched = await took(watchMany);
  say(`49 escalations to one schedule of hourly turns, watched for a year: ${watched.toFixed(0)} ms`);
}

function watchMany(): void {
  const stages = Array.from({ length: 49 }, (_, index) => ({
    id: `s${index}`,
    at: `opened + ${index} hours`,
    escalate: { to: ['onCall(primary)'] },
  }));
  const compiled = compilePolicy(
    { policy: 'many', key: 'event.id', assignee: 'event.data.who', fallback: 'onCall(primary)', stages },
    1,
  );
  if (!compiled.ok) throw new Error('the policy of the bench does not compile');
  const rotation = { members: ['ana', 'bo'], every: '1 hour', handover: { at: '00:00' }, start: '2026-10-05' };
  const schedule = compileSchedule(scheduleSchema.parse({ timeZone: 'Europe/Paris', layers: [{ rotation }] }));
  const directory = {
    recipients: new Map(),
    groups: new Map(),
    schedules: new Map([['primary', schedule]]),
    tenant: { zone: null, locale: 'en', alarmTo: null, name: null },
  };
  prove(compiled.policy, { directory, now: NOW, strangers: 'reached' });
}
