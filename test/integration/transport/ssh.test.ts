import { connect as dial, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../server/contract/secret.js';
import type { IslandHost } from '../../../cli/island/island.js';
import { connectHosts } from '../../../cli/transport/connect-hosts.js';
import { readCredentials } from '../../../cli/transport/credentials.js';
import type { RemoteHost } from '../../../cli/transport/remote-host.js';
import { Sessions } from '../../../cli/transport/sessions.js';
import { codeOf } from '../../helpers/codes.js';
import { makeTestKey, type TestKey } from '../../helpers/keys.js';
import { freePort, islandHost, startSshHost, sudoPassword } from '../../helpers/ssh-hosts.js';
import { createWorld, type World } from '../../helpers/world.js';

const timing = { readyTimeoutMs: 1_500, keepaliveEveryMs: 1_000, keepaliveMisses: 3 };
let world: World;
let operator: TestKey;

beforeEach(async () => {
  world = await createWorld();
  operator = await makeTestKey(world.folder, 'operator');
});

afterEach(() => world.remove());

/** Connects with the operator's key; the sessions end with the world. */
async function connect(
  hosts: readonly IslandHost[],
  { password, keyFile = operator.file }: { password?: string; keyFile?: string } = {},
): Promise<readonly RemoteHost[]> {
  const credentials = await readCredentials({ keyFiles: [keyFile], env: {}, ask: undefined });
  const signal = new AbortController().signal;
  const sessions = new Sessions({ credentials, signal, timing });
  world.atEnd(() => sessions.close());
  return connectHosts(hosts, sessions, password === undefined ? undefined : new Secret(password));
}

async function root(): Promise<IslandHost> {
  return islandHost(await startSshHost(world, { name: 'one', address: '127.0.0.2', operator }));
}

describe('a session', () => {
  it('runs a program with words and input as they are, and gives what it says', async () => {
    const [remote] = await connect([await root()]);
    const argv = ['sh', '-c', 'cat; printf "%s" "$1" >&2; exit 7', 'sh', "a'b $(id)\n"] as const;
    const result = await remote?.run({ argv, input: 'in \0 put' });
    expect(result).toEqual({ exitCode: 7, stdout: 'in \0 put', stderr: "a'b $(id)\n" });
  });

  it('hears how a program ended, also where all of its life arrives in one packet', async () => {
    const host = await root();
    const slow = createServer((socket) => {
      gather(dial(host.port, host.address), socket);
    });
    const port = await listen(slow);
    const [remote] = await connect([{ ...host, address: '127.0.0.1', port }]);
    expect(await remote?.run({ argv: ['false'] })).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('is opened again where it broke', async () => {
    const host = await startSshHost(world, { name: 'one', address: '127.0.0.2', operator });
    const [remote] = await connect([islandHost(host)]);
    const asleep = remote?.run({ argv: ['sleep', '60'] });
    const code = codeOf(Promise.resolve(asleep));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await host.cutSessions();
    expect(await code).toBe('HOST_LOST');
    expect(await remote?.mustRun({ argv: ['echo', 'here'] })).toBe('here\n');
  });

  it('goes through a jump host, whose key is pinned too', async () => {
    const gate = await root();
    const host = await startSshHost(world, { name: 'two', address: '127.0.0.3', operator });
    const [remote] = await connect([{ ...islandHost(host), jump: gate }]);
    const line = 'echo "$SSH_CONNECTION"';
    expect(await remote?.mustRun({ argv: ['sh', '-c', line] })).toContain('127.0.0.3');
    const wrong = { ...gate, hostKey: islandHost(host).hostKey };
    expect(await codeOf(connect([{ ...islandHost(host), jump: wrong }]))).toBe('HOST_KEY_CHANGED');
  });

  it('waits for a host that says nothing no longer than it may', async () => {
    const host = await root();
    const port = await listen(createServer());
    expect(await codeOf(connect([{ ...host, address: '127.0.0.1', port }]))).toBe('HOST_TIMEOUT');
  });

  it('tells refusal, reset and wrong keys apart', async () => {
    const host = await root();
    const away = { ...host, address: '127.0.0.1' };
    const reset = createServer((socket) => socket.resetAndDestroy());
    const other = await makeTestKey(world.folder, 'other');
    expect([
      await codeOf(connect([{ ...away, port: await freePort() }])),
      await codeOf(connect([{ ...away, port: await listen(reset) }])),
      await codeOf(connect([host], { keyFile: other.file })),
      await codeOf(connect([{ ...host, hostKey: undefined }])),
    ]).toEqual(['HOST_REFUSED', 'HOST_LOST', 'HOST_AUTH_REFUSED', 'HOST_KEY_UNPINNED']);
  });

  it('names each of several hosts that fail', async () => {
    const host = await root();
    const port = await freePort();
    const gone = { ...host, address: '127.0.0.1', port };
    const both = connect([{ ...gone, name: 'two' }, host, { ...gone, name: 'three' }]);
    await expect(both).rejects.toMatchObject({
      code: 'HOST_REFUSED',
      problems: [{ where: 'two' }, { where: 'three' }],
    });
  });
});

describe('a passphrase', () => {
  it('is asked for, and opens the key', async () => {
    const locked = await makeTestKey(world.folder, 'locked', { passphrase: 'open sesame' });
    const host = await startSshHost(world, { name: 'one', address: '127.0.0.2', operator: locked });
    const asked: string[] = [];
    const ask = (question: string): Promise<Secret> => {
      asked.push(question);
      return Promise.resolve(new Secret('open sesame'));
    };
    const credentials = await readCredentials({ keyFiles: [locked.file], env: {}, ask });
    const sessions = new Sessions({ credentials, signal: new AbortController().signal, timing });
    world.atEnd(() => sessions.close());
    await connectHosts([islandHost(host)], sessions, undefined);
    expect(asked).toEqual([`passphrase of ${locked.file}:`]);
  });

  it('is refused where it is wrong, and missed where nobody can be asked', async () => {
    const locked = await makeTestKey(world.folder, 'locked', { passphrase: 'open sesame' });
    const run = { keyFiles: [locked.file], env: {} };
    const wrong = (): Promise<Secret> => Promise.resolve(new Secret('wrong'));
    expect(await codeOf(readCredentials({ ...run, ask: wrong }))).toBe('SSH_KEY_INVALID');
    expect(await codeOf(readCredentials({ ...run, ask: undefined }))).toBe(
      'SSH_KEY_NEEDS_PASSPHRASE',
    );
  });
});

describe('sudo', () => {
  const options = { name: 'one', address: '127.0.0.2', user: 'op' };

  it('is passed with a password that reaches no command line and no program', async () => {
    const host = await startSshHost(world, { ...options, operator, sudo: 'prompt' });
    const [remote] = await connect([islandHost(host)], { password: sudoPassword });
    const script = 'id -u; cat; cat /proc/[0-9]*/cmdline | tr "\\0" " "';
    const said = await remote?.mustRun({ argv: ['sh', '-c', script], input: 'input\n' });
    expect(said).toMatch(/^0\ninput\n/);
    expect(said).not.toContain(sudoPassword);
  });

  it('is passed without one', async () => {
    const host = await startSshHost(world, { ...options, operator, sudo: 'none' });
    const [remote] = await connect([islandHost(host)]);
    expect(await remote?.mustRun({ argv: ['id', '-u'] })).toBe('0\n');
  });

  it('does not get a password where it asks for none', async () => {
    const host = await startSshHost(world, { ...options, operator, sudo: 'none' });
    const asking = { ...islandHost(host), sudo: 'prompt' as const };
    const [remote] = await connect([asking], { password: sudoPassword });
    expect(await remote?.mustRun({ argv: ['cat'], input: 'input' })).toBe('input');
  });

  it.each([
    ['a wrong password', 'prompt', 'wrong'],
    ['a question where none was expected', 'none', undefined],
  ] as const)('refuses %s', async (_title, sudo, password) => {
    const host = await startSshHost(world, { ...options, operator, sudo: 'prompt' });
    const given = password === undefined ? {} : { password };
    expect(await codeOf(connect([{ ...islandHost(host), sudo }], given))).toBe('SUDO_REFUSED');
  });
});

/** A line that gives on what the host says in large portions, with pauses between. */
function gather(host: Socket, client: Socket): void {
  const held: Buffer[] = [];
  const pump = setInterval(() => {
    if (held.length > 0) client.write(Buffer.concat(held.splice(0)));
  }, 200);
  client.on('error', () => undefined).on('close', () => host.destroy());
  host.on('data', (bytes: Buffer) => held.push(bytes)).on('error', () => undefined);
  host.on('close', () => {
    clearInterval(pump);
    client.destroy();
  });
  client.pipe(host);
}

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  server.on('connection', (socket) => {
    world.atEnd(async () => {
      await Promise.resolve();
      socket.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  world.atEnd(async () => {
    await Promise.resolve();
    server.close();
  });
  return port;
}
