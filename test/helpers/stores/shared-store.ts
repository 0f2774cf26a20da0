import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../../../server/error-code.js';

/** A program that a run of the tests keeps until its end. */
export interface KeptProgram {
  /** Unique in the run; names its files. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The folder of this run's stores. */
export function runFolder(): string {
  const folder = process.env['WIRE_OFFLINE_TEST_STORES'];
  if (folder === undefined) throw new Error('jest did not run test/helpers/stores/global-setup.js');
  return folder;
}

/**
 * What the first test that asks starts, and all others of the run then use: the first one's `start` gives what is to
 * know of it as JSON.
 */
export async function shared(
  name: string,
  start: (folder: string) => Promise<unknown>,
): Promise<unknown> {
  const folder = join(runFolder(), name);
  const facts = join(runFolder(), `${name}.json`);
  if (await makes(folder)) {
    // A start that fails is told to all who wait for it.
    const started = await start(folder).catch((error: unknown) => ({ failed: String(error) }));
    await writeFile(`${facts}.new`, JSON.stringify(started));
    await rename(`${facts}.new`, facts);
  }
  while (!(await exists(facts))) await pause(100);
  return JSON.parse(await readFile(facts, 'utf8'));
}

/** Starts a program that ends with the run, and gives the pid of its keeper. */
export async function keep({ name, argv, env, cwd }: KeptProgram): Promise<number> {
  const keeper = fileURLToPath(new URL('keeper.js', import.meta.url));
  const log = join(runFolder(), `${name}.log`);
  const runPid = process.env['WIRE_OFFLINE_TEST_RUN'] ?? '';
  await writeFile(log, '');
  const child = spawn(process.execPath, [keeper, runPid, log, ...argv], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  child.unref();
  if (child.pid === undefined) throw new Error(`${name}: no process`);
  await writeFile(join(runFolder(), `${name}.keeper`), String(child.pid));
  return child.pid;
}

/** Ends what `keep` started. */
export async function endKept(name: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid)) await pause(20);
  await rm(join(runFolder(), `${name}.keeper`), { force: true });
}

/** Asks until it is so; fails when the program is gone or after the bound. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  boundMs = 90_000,
): Promise<void> {
  const endMs = Date.now() + boundMs;
  while (Date.now() < endMs) {
    if (await isSo()) return;
    await pause(100);
  }
  throw new Error(`${what}: expected within ${String(boundMs)} ms; see the logs in ${runFolder()}`);
}

/** A port of the loopback that nobody listens on. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function makes(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
