import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { archivesFor } from '../../cli/sources/apt/places.js';
import { newestDate } from '../../cli/sources/apt/repository.js';
import type { AptPin } from '../../cli/sources/apt/schema.js';
import { withTools } from './apt-source.js';

const run = promisify(execFile);

/**
 * The tar of a Debian with nothing but what is essential or required, and apt, as `mmdebstrap` makes it. It takes
 * a minute, so it is kept in the user's cache until the suite moves on.
 */
export async function bareDebian(pin: AptPin): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'wire-offline/test-roots');
  const name = `${pin.suite}-minbase-${newestDate(pin).toISOString().replaceAll(':', '')}.tar`;
  const file = join(folder, name);
  if ((await stat(file).catch(() => undefined)) !== undefined) return file;
  await mkdir(folder, { recursive: true });
  for (const other of await readdir(folder))
    if (other.startsWith(`${pin.suite}-minbase-`)) await rm(join(folder, other), { force: true });
  const partial = join(folder, `partial-${String(process.pid)}.tar`);
  await run('mmdebstrap', [
    ...['--quiet', '--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"'],
    ...[pin.suite, partial, ...(await sourceLines(pin))],
  ]);
  await rename(partial, file);
  return file;
}

/** Runs a shell line in a root, in a namespace whose network has no interface but a loopback that is down. */
export async function runWithoutNetwork(root: string, line: string): Promise<string> {
  const { stdout } = await run(
    'unshare',
    [
      ...['--net', '--pid', '--fork', '--kill-child', `--root=${root}`, '--mount-proc'],
      ...['/bin/sh', '-euc', line],
    ],
    {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        DEBIAN_FRONTEND: 'noninteractive',
        LC_ALL: 'C',
      },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  return stdout;
}

async function sourceLines(pin: AptPin): Promise<string[]> {
  const suites = pin.releases.map(({ suite }) => suite);
  const archives = await withTools({}, (tools) => archivesFor(suites, tools));
  return [...archives].map(([suite, [url]]) => `deb ${url} ${suite} main`);
}
