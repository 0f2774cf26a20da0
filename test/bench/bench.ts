/** `npm run bench [-- NAME...]`: prints what each promise of speed measures on this machine; asserts nothing. */
import { table } from '../../cli/ui/result.js';
import { benchVersion } from './version.js';

/** Each bench by its name; it gives the rows of its table. */
const benches: Readonly<Record<string, () => Promise<readonly (readonly string[])[]>>> = {
  version: benchVersion,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  const known = Object.keys(benches).join(', ');
  process.stderr.write(`bench: expected some of ${known}, got ${unknown.join(', ')}\n`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n== ${name}\n${table(await bench())}\n`);
}
