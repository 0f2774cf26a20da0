import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Ends the stores that the tests of this run started, and removes what they kept. */
export default async function tearDown() {
  const folder = process.env['WIRE_OFFLINE_TEST_STORES'];
  if (folder === undefined) return;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.keeper'));
  const pids = await Promise.all(
    names.map(async (name) => Number(await readFile(join(folder, name), 'utf8'))),
  );
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  while (pids.some(isAlive)) await pause(50);
  delete process.env['WIRE_OFFLINE_TEST_STORES'];
  await rm(folder, { recursive: true, force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
