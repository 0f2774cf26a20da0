import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { mustRunLocal, runLocal, type LocalResult } from '../transport/local.js';
import type { Argv } from './network.js';

/** The run that a rehearsal is part of. */
export interface RehearsalRun {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Each program that a rehearsal runs, and the Debian package that brings it. */
export const programPackages: Readonly<Record<string, string>> = {
  chroot: 'coreutils',
  flock: 'util-linux',
  ip: 'iproute2',
  'mkfs.ext4': 'e2fsprogs',
  mmdebstrap: 'mmdebstrap',
  nft: 'nftables',
  nsenter: 'util-linux',
  perl: 'perl-base',
  setpriv: 'util-linux',
  'ssh-keygen': 'openssh-client',
  'ssh-keyscan': 'openssh-client',
  'systemd-nspawn': 'systemd-container',
  unshare: 'util-linux',
};

/** Administrators' programs are not on every search path. */
const administratorPaths = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** What programs of a rehearsal see of this run's environment. */
export function programEnvironment(env: RehearsalRun['env']): Record<string, string> {
  const path = [env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', ...administratorPaths].join(':');
  return { PATH: path, LC_ALL: 'C', HOME: '/root' };
}

/**
 * Refuses where programs are missing, all of them at once with the command that installs them.
 *
 * @throws {WireOfflineError} TOOL_MISSING
 */
export async function assertPrograms(run: RehearsalRun): Promise<void> {
  const folders = (programEnvironment(run.env)['PATH'] ?? '').split(':');
  const missing: string[] = [];
  for (const program of Object.keys(programPackages))
    if (!(await isIn(folders, program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = new Set(missing.map((program) => programPackages[program]));
  throw new WireOfflineError('TOOL_MISSING', {
    message: `programs ${missing.join(', ')}: expected them on PATH, found none of them`,
    hint: `apt-get install ${[...packages].join(' ')}`,
  });
}

/**
 * Runs a program of a plan that must succeed and gives what it said.
 *
 * @throws {WireOfflineError} TOOL_MISSING, TOOL_FAILED
 */
export async function perform(argv: Argv, run: RehearsalRun, input?: string): Promise<string> {
  return mustRunLocal(localCommand(argv, run, input));
}

/**
 * Runs a program of a plan and gives how it ended.
 *
 * @throws {WireOfflineError} TOOL_MISSING
 */
export async function attempt(argv: Argv, run: RehearsalRun): Promise<LocalResult> {
  return runLocal(localCommand(argv, run));
}

function localCommand(
  argv: Argv,
  { env, signal }: RehearsalRun,
  input?: string,
): Parameters<typeof runLocal>[0] {
  const from = programPackages[argv[0]];
  return {
    ...{ argv, signal, env: programEnvironment(env), terminal: 'none' },
    ...(input === undefined ? {} : { input }),
    ...(from === undefined ? {} : { from }),
  };
}

async function isIn(folders: readonly string[], program: string): Promise<boolean> {
  for (const folder of folders) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch (error) {
      if (!hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error;
    }
  }
  return false;
}
