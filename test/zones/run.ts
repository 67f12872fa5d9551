// `npm run zones [-- Europe/Paris …]`: wall-clock arithmetic in every zone of this machine against zdump, all transitions from
// 2020 to 2037. A sample of it runs with the unit tests (zones.test.ts).
import { isZone } from '../../packages/core/src/timing.ts';
import { judge } from './judge.ts';
import { agreesUntil, FROM_YEAR, machineZones, missingProgram, TO_YEAR, zdump } from './oracle.ts';

/** Two releases of the tz database differ in a few zones; if more differ, something else is wrong. */
const DIFFERENT_SHARE_MAX = 0.1;

const missing = missingProgram();
if (missing !== null) {
  console.log(`LEFT OUT: every zone, because this machine has ${missing}.`);
  process.exit(0);
}
const asked = process.argv.slice(2);
const zones = asked.length > 0 ? asked : machineZones();
const since = performance.now();
const unknown = zones.filter((zone) => !isZone(zone));
const known = zdump(zones.filter((zone) => isZone(zone)));
let transitions = 0;
let firings = 0;
let judged = 0;
const different: string[] = [];
const complaints: string[] = [];
for (const [zone, spans] of known) {
  const until = agreesUntil(zone, spans);
  if (until < TO_YEAR) different.push(`${zone} from ${until} on`);
  if (until <= FROM_YEAR) continue;
  const verdict = judge(zone, spans, until);
  judged += 1;
  transitions += verdict.transitions;
  firings += verdict.firings;
  complaints.push(...verdict.complaints);
}
for (const line of complaints) console.log(line);
if (unknown.length > 0) console.log(`LEFT OUT: Node knows no zone ${unknown.join(', ')}.`);
if (different.length > 0)
  console.log(`LEFT OUT: this machine and Node ${process.versions.tz} have other rules in ${different.join(', ')}.`);
console.log(
  `${judged} zones, ${transitions} transitions, ${firings} firings, ${complaints.length} complaints, ${Math.round((performance.now() - since) / 1000)} s`,
);
const tooDifferent = different.length > known.size * DIFFERENT_SHARE_MAX;
process.exitCode = complaints.length > 0 || judged === 0 || tooDifferent ? 1 : 0;
