import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeTestKey } from './keys.js';
import type { World } from './world.js';

/** A real OpenSSH server on loopback. */
export interface TestSshd {
  readonly address: string;
  readonly port: number;
  /** Its host key as an island file says it: `TYPE BASE64`. */
  readonly hostKey: string;
  end(): Promise<void>;
}

export interface SshdOptions {
  /** Names its files in the world; a server of the same name has the same host key unless `keyType` differs. */
  readonly name: string;
  /** An address of 127.0.0.0/8, so that servers have one each as hosts do. */
  readonly address: string;
  /** One that is free where it is left out. */
  readonly port?: number;
  readonly keyTypes?: readonly string[];
  /** The public keys that may log in as the user of the test. */
  readonly authorized?: readonly string[];
}

/** Starts an sshd with host keys of its own; it ends with the world at the latest. */
export async function startSshd(world: World, options: SshdOptions): Promise<TestSshd> {
  const { name, address, keyTypes = ['ed25519'], authorized = [] } = options;
  const folder = join(world.folder, `sshd-${name}`);
  await mkdir(folder);
  const keys = [];
  for (const type of keyTypes) keys.push(await makeTestKey(folder, `host-${type}`, { type }));
  await writeFile(join(folder, 'authorized'), authorized.map((key) => `${key}\n`).join(''));
  const port = options.port ?? (await freePort(address));
  const settings = [
    ...[`Port ${String(port)}`, `ListenAddress ${address}`, 'PidFile none', 'UsePAM no'],
    ...['StrictModes no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
    ...keys.map(({ file }) => `HostKey ${file}`),
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
  ];
  await writeFile(join(folder, 'config'), settings.map((line) => `${line}\n`).join(''));
  // sshd wants this folder; on a machine where ssh.service never ran there is none.
  await mkdir('/run/sshd', { recursive: true });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  world.atEnd(end);
  while (!said.includes('Server listening')) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await pause(10);
  }
  return { address, port, hostKey: keys[0]?.publicKey ?? '', end };
}

/** What a server that is no sshd does with whoever connects. */
export type Misbehaviour = 'hangs' | 'resets' | 'talks nonsense';

/** Starts a TCP server that is no sshd; it ends with the world. */
export async function startImpostor(
  world: World,
  { address, does }: { readonly address: string; readonly does: Misbehaviour },
): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (does === 'resets') socket.resetAndDestroy();
    if (does === 'talks nonsense') socket.end('HTTP/1.0 400 Bad Request\r\n\r\n');
    world.atEnd(() => Promise.resolve(void socket.destroy()));
  });
  return listen(world, { server, address });
}

/** A port of this address that nobody listens on. */
export async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(
  world: World,
  { server, address }: { readonly server: Server; readonly address: string },
): Promise<number> {
  server.listen(0, address);
  await once(server, 'listening');
  world.atEnd(async () => {
    server.close();
    await once(server, 'close');
  });
  return portOf(server);
}

function portOf(server: Server): number {
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('expected a TCP port');
  return at.port;
}
