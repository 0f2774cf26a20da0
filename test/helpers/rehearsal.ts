import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { rehearseDown } from '../../cli/actions/rehearse-down.js';
import { execOnHost } from '../../cli/actions/rehearse-host.js';
import { rehearseUp, type StandingIsland } from '../../cli/actions/rehearse-up.js';
import { defaultSettings } from '../../cli/config/settings.js';
import type { Context } from '../../cli/context.js';
import { readIsland } from '../../cli/island/read.js';
import type { Island } from '../../cli/island/island.js';
import { roles, storeRoles } from '../../cli/island/roles.js';
import { toYaml } from '../../cli/input/yaml-document.js';

/** A host of a test's island: whatever an island file may say of one, and what roles it has. */
export type TestHost = Readonly<Record<string, unknown>>;

/** Hosts that are real, for one test or the tests of one file. */
export interface TestIsland extends StandingIsland {
  /** What `islandFile` says, keys pinned. */
  readonly island: Island;
  /** The context that the actions of `rehearse` find this island with. */
  readonly context: Context;
  /** Runs a shell line as root in a host, past SSH, and gives what it said. */
  exec(host: string, line: string): Promise<string>;
  /** Ends every host and takes all of it away; to be called whatever happened. */
  down(): Promise<void>;
}

/**
 * Boots an island of the given hosts, or of `count` small ones, called `host1` and on, each of them in a second or
 * two. Its user is root unless a host says otherwise, and its first host has all roles. `more` is put into the island
 * file as it stands. State is kept below `folder`.
 */
export async function startRehearsal(
  folder: string,
  { hosts, more = {} }: { readonly hosts: number | readonly TestHost[]; readonly more?: object },
): Promise<TestIsland> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  const list = typeof hosts === 'number' ? Array.from({ length: hosts }, () => ({})) : hosts;
  const document = {
    ...{ apiVersion: 'wire-offline/v1', kind: 'Island', name, channel: 'stable' },
    domain: 'wire.example',
    hosts: list.map((host, index) => ({ ...smallHost(index), ...host })),
    stores: smallStores,
    ...more,
  };
  const context = await testContext(folder);
  const bytes = Buffer.from(toYaml(document));
  const standing = await rehearseUp(
    { source: { file: 'test.island.yaml', bytes, folder }, addresses: 'free' },
    { settings: { ...defaultSettings(process.env), verbosity: 'quiet' }, context },
  );
  const { islandFile: file } = standing;
  return {
    ...standing,
    context,
    island: await readIsland({ file, cwd: folder }),
    exec: (host, line) =>
      execOnHost({ island: name, host, command: ['sh', '-euc', line] }, context),
    down: async () => {
      await rehearseDown({ name, all: false }, context);
    },
  };
}

/** An island has a host for each role: the first takes them all, the others are relays, which need no disk. */
function smallHost(index: number): TestHost {
  return {
    ...{ name: `host${String(index + 1)}`, address: `10.20.0.${String(index + 11)}` },
    ...{ user: 'root', roles: index === 0 ? roles : ['turn'] },
    size: { cores: 1, memory: '1GiB' },
  };
}

const smallStores = Object.fromEntries(storeRoles.map((role) => [role, { disk: '300MB' }]));

/** The cache is the user's: the base root is made once for all tests. */
async function testContext(folder: string): Promise<Context> {
  const state = join(folder, 'state');
  await mkdir(state, { recursive: true });
  return {
    argv: [],
    env: { PATH: process.env['PATH'], HOME: homedir(), XDG_STATE_HOME: state },
    cwd: folder,
    stdin: new PassThrough(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: new AbortController().signal,
  };
}
