import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { networkOf } from '../../cli/rehearsal/network.js';
import { exitStatus, type CliResult } from './cli.js';
import type { TestIsland } from './rehearsal.js';
import { builtCli } from './repository.js';
import type { World } from './world.js';

const run = promisify(execFile);

/** Runs the built command line where the only way out is the island's own bridge. */
export type BridgeOnly = (argv: readonly string[]) => Promise<CliResult>;

/** Makes a network namespace whose only link is plugged into an island's bridge; both go with the world. */
export async function bridgeOnly(world: World, { hosts }: TestIsland): Promise<BridgeOnly> {
  const addresses = hosts.map(({ address }) => address);
  const [first = '', ...rest] = addresses;
  const { bridge, prefixLength } = networkOf([first, ...rest]);
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo here; exec sleep 3600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = String(holder.pid);
  world.atEnd(async () => {
    holder.kill('SIGKILL');
    await once(holder, 'close');
  });
  await once(holder.stdout, 'data');
  const link = `wot${pid}`;
  const own = `${first.replace(/\d+$/, '250')}/${String(prefixLength)}`;
  await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'island', 'netns', pid]);
  await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
  const inside = ['--target', pid, '--net', '--'];
  await run('nsenter', [...inside, 'ip', 'address', 'add', own, 'dev', 'island']);
  await run('nsenter', [...inside, 'ip', 'link', 'set', 'island', 'up']);
  return async (argv) => {
    const child = spawn('nsenter', [...inside, process.execPath, builtCli, ...argv], {
      cwd: world.work,
      env: world.env,
    });
    child.stdin.end();
    const [status, stdout, stderr] = await Promise.all([
      exitStatus(child),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { status, stdout, stderr };
  };
}
