import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run of jest a folder for the stores that its tests share; nothing starts until a test asks for it. */
export default async function setUp() {
  // Jest calls this once for each of its projects.
  if (process.env['WIRE_OFFLINE_TEST_STORES'] !== undefined) return;
  process.env['WIRE_OFFLINE_TEST_RUN'] = String(process.pid);
  process.env['WIRE_OFFLINE_TEST_STORES'] = await mkdtemp(
    join(tmpdir(), 'wire-offline-test-stores-'),
  );
}
