/** `npm run bench [-- NAME... [--large]]`: prints what each promise of speed measures on this machine; asserts nothing. */
import { parseArgs } from 'node:util';
import { table } from '../../cli/ui/result.js';
import { benchBundle } from './bundle.js';
import type { BenchOptions } from './measure.js';
import { benchPush } from './push.js';
import { benchVersion } from './version.js';

/** Each bench by its name; it gives the rows of its table. */
const benches: Readonly<
  Record<string, (options: BenchOptions) => Promise<readonly (readonly string[])[]>>
> = { version: benchVersion, bundle: benchBundle, push: benchPush };

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { large: { type: 'boolean', default: false } },
});
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  const known = Object.keys(benches).join(', ');
  process.stderr.write(`bench: expected some of ${known}, got ${unknown.join(', ')}\n`);
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  // Not `once`: execa ends the process by a signal that nobody listens for any more.
  process.on(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`));
  });
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n== ${name}\n`);
    const rows = await bench({ large: values.large, signal: stop.signal });
    process.stdout.write(`${table(rows)}\n`);
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.stderr.write(`bench: ${String(stop.signal.reason)}\n`);
  process.exitCode = 130;
}
