import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtCli } from '../../helpers/repository.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => {
  await world.remove();
});

/** What the command line says where it is started by way of other programs. */
function say(by: readonly string[], argv: readonly string[]): string {
  const [program = '', ...words] = [...by, process.execPath, builtCli, ...argv];
  return spawnSync(program, words, { env: { ...world.env }, cwd: '/', encoding: 'utf8' }).stderr;
}

const up = ['rehearse', 'up', '--profile', 'one-host'];

describe('a machine that cannot carry hosts is refused', () => {
  it('where the user is not root', async () => {
    await chmod(world.folder, 0o755);
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(say(nobody, up)).toMatch(/REHEARSAL_NEEDS_ROOT.*user id 65534\nhint: .*sudo/);
  });

  it('where root may not make namespaces', () => {
    const weak = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];
    expect(say(weak, up)).toMatch(/REHEARSAL_NAMESPACES_MISSING.*not permitted\nhint: /);
  });

  it('where there are no cgroups', () => {
    const script = 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"';
    const without = ['unshare', '--mount', '--propagation=private', 'sh', '-euc', script, 'sh'];
    expect(say(without, up)).toMatch(/REHEARSAL_CGROUPS_MISSING.*memory.*\nhint: /);
  });
});
