import type { Readable } from 'node:stream';
import type { Secret } from '../../server/contract/secret.js';
import { WireOfflineError } from '../errors.js';
import type { IslandHost } from '../island/island.js';
import { Limit } from '../limit.js';
import { startAsRoot, type Privilege, type RemoteProcess } from './remote-process.js';
import type { Sessions } from './sessions.js';

/**
 * Which limit a program counts for: short commands and the streams of many bytes wait only for their like; what is
 * there as long as the run counts for none. sshd takes 10 at a time. Source: sshd_config(5), MaxSessions.
 */
export type Lane = 'command' | 'bulk' | 'whole-run';

export interface RemoteCommand {
  /** The program and its words; never a secret. */
  readonly argv: readonly [string, ...string[]];
  readonly input?: string | Uint8Array;
  readonly lane?: Lane;
}

export interface RemoteResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** No program that we ask says more. */
const maxOutputBytes = 64 * 1024 * 1024;

const commandsAtOnce = 6;
const streamsAtOnce = 2;

/** A host of the island that this run works on, as root. */
export class RemoteHost {
  readonly host: IslandHost;
  readonly #sessions: Sessions;
  readonly #privilege: Privilege;
  readonly #limits = { command: new Limit(commandsAtOnce), bulk: new Limit(streamsAtOnce) };

  constructor(host: IslandHost, sessions: Sessions, sudoPassword: Secret | undefined) {
    this.host = host;
    this.#sessions = sessions;
    this.#privilege = privilegeOn(host, sudoPassword);
  }

  /**
   * Starts a program; its streams are the caller's.
   *
   * @throws {WireOfflineError} SUDO_REFUSED and the codes of `Sessions.with`
   */
  async start({ argv, lane = 'command' }: Omit<RemoteCommand, 'input'>): Promise<RemoteProcess> {
    const leave = lane === 'whole-run' ? () => undefined : await this.#limits[lane].take();
    try {
      const session = await this.#sessions.with(this.host);
      const child = await startAsRoot(session, argv, this.#privilege);
      child.exited.then(leave, leave);
      return child;
    } catch (error) {
      leave();
      throw this.#named(error);
    }
  }

  /**
   * Runs a program to its end and gives what it said, whatever its exit status.
   *
   * @throws {WireOfflineError} HOST_LOST and the codes of `start`
   */
  async run(command: RemoteCommand): Promise<RemoteResult> {
    const child = await this.start(command);
    child.stdin.end(command.input ?? '');
    const [stdout, exitCode] = await Promise.all([readAll(child.stdout), child.exited]);
    return { exitCode, stdout, stderr: child.stderr() };
  }

  /**
   * Runs a program that must succeed and gives its standard output.
   *
   * @throws {WireOfflineError} REMOTE_FAILED with the last lines it said, and the codes of `run`
   */
  async mustRun(command: RemoteCommand): Promise<string> {
    const result = await this.run(command);
    if (result.exitCode === 0) return result.stdout;
    throw this.failed(command.argv[0], result);
  }

  /** The error for a program that did not do what it was there for. */
  failed(program: string, { exitCode, stderr }: Omit<RemoteResult, 'stdout'>): WireOfflineError {
    const lastLines = stderr.trim().split('\n').slice(-20).join('\n');
    return new WireOfflineError('REMOTE_FAILED', {
      message: `host ${this.host.name}: expected ${program} to succeed, got exit status ${String(exitCode)}${lastLines && `\n${lastLines}`}`,
      hint: 'its own words are above',
    });
  }

  /** Sudo's refusal does not say where. */
  #named(error: unknown): unknown {
    if (!(error instanceof WireOfflineError) || error.code !== 'SUDO_REFUSED') return error;
    const { code, message, hint = '' } = error;
    return new WireOfflineError(code, {
      ...{ message: `host ${this.host.name}: ${message}`, hint },
      cause: error,
    });
  }
}

function privilegeOn(host: IslandHost, password: Secret | undefined): Privilege {
  if (host.user === 'root') return { kind: 'root' };
  if (host.sudo === 'none') return { kind: 'sudo' };
  if (password === undefined) throw new TypeError(`${host.name}: sudo will ask for a password`);
  return { kind: 'sudo-password', password };
}

async function readAll(stdout: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdout) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('standard output is read as bytes');
    sizeBytes += chunk.length;
    if (sizeBytes > maxOutputBytes) throw new RangeError('a host said more than any program says');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
