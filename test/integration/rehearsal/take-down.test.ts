import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rehearseDown } from '../../../cli/actions/rehearse-down.js';
import { listRehearsals } from '../../../cli/actions/rehearse-list.js';
import { codeOf } from '../../helpers/codes.js';
import { tracesOf } from '../../helpers/machine-traces.js';
import { startRehearsal, type TestIsland } from '../../helpers/rehearsal.js';

let folder: string;
const islands: TestIsland[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
});

afterEach(async () => {
  for (const island of islands.splice(0)) await island.down();
  await rm(folder, { recursive: true });
});

async function start(hosts = 1): Promise<TestIsland> {
  const island = await startRehearsal(folder, { hosts });
  islands.push(island);
  return island;
}

/** The words that all traces of an island have one of. */
async function wordsOf({ name, islandFile }: TestIsland): Promise<readonly string[]> {
  const state: unknown = JSON.parse(
    await readFile(join(islandFile, '..', 'rehearsal.json'), 'utf8'),
  );
  const bridge = /wob[0-9a-f]{8}/.exec(JSON.stringify(state))?.[0] ?? '';
  return [name, bridge];
}

async function killEverything({ name }: TestIsland): Promise<void> {
  const group = `/sys/fs/cgroup/freezer/wire-offline-${name}`;
  for (const host of await readdir(group, { withFileTypes: true })) {
    if (!host.isDirectory()) continue;
    const pids = await readFile(join(group, host.name, 'cgroup.procs'), 'utf8');
    for (const pid of pids.split('\n').filter(Boolean)) killQuietly(Number(pid));
  }
}

/** The first that ends takes others of its namespace along. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    expect(pid).toBeGreaterThan(0);
  }
}

describe('taking an island down', () => {
  it('leaves nothing of it, and nothing of it missing before', async () => {
    const island = await start(2);
    const words = await wordsOf(island);
    expect((await tracesOf(words)).length).toBeGreaterThan(10);
    await island.down();
    islands.pop();
    expect(await tracesOf(words)).toEqual([]);
    expect(await readdir(join(folder, 'state/wire-offline/rehearsal'))).toEqual([]);
  });

  it('leaves nothing after everything of it was killed', async () => {
    const island = await start();
    const words = await wordsOf(island);
    await killEverything(island);
    await island.down();
    islands.pop();
    expect(await tracesOf(words)).toEqual([]);
  });

  it('goes by what the kernel shows where the state folder is lost', async () => {
    const island = await start();
    const words = await wordsOf(island);
    await rm(join(folder, 'state'), { recursive: true });
    const { islands: own, others } = await listRehearsals(island.context);
    expect(own).toEqual([]);
    expect(others).toContain(island.name);
    await rehearseDown({ name: island.name, all: false }, island.context);
    islands.pop();
    expect(await tracesOf(words)).toEqual([]);
  });

  it('leaves other islands standing side by side alone', async () => {
    const [one, other] = [await start(), await start()];
    expect(one.hosts[0]?.address).not.toBe(other.hosts[0]?.address);
    expect(await codeOf(rehearseDown({ all: false }, one.context))).toBe('USAGE_INVALID');
    await one.down();
    islands.shift();
    expect(await other.exec('host1', 'hostname')).toBe('host1\n');
  });
});
