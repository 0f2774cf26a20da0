import { setTimeout as sleep } from 'node:timers/promises';
import type { IslandHost, SshEndpoint } from '../island/island.js';
import { hostVerifier } from './host-verifier.js';
import { openSsh, type SshConnection, type SshCredential, type SshTiming } from './ssh.js';

/** With what, and how, this run opens sessions. */
export interface SessionOptions {
  readonly credentials: readonly SshCredential[];
  readonly signal: AbortSignal;
  readonly timing?: SshTiming;
}

/** Waits before each further try to reach a host that was there before. */
const backOffMs = [500, 1_000, 2_000, 4_000, 8_000] as const;

/** The sessions of a run: one with each machine, opened when it is first needed and again when it broke. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #open = new Map<string, Promise<SshConnection>>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * The session with a host, through its jump host where it has one. The first time it must work at once; one that was
   * there and broke is tried again and again, each time after a longer wait.
   *
   * @throws {WireOfflineError} HOST_KEY_UNPINNED, and the codes of `openSsh`
   */
  async with(host: SshEndpoint & Partial<Pick<IslandHost, 'jump'>>): Promise<SshConnection> {
    const earlier = this.#open.get(host.name);
    if (earlier === undefined) return this.#start(host);
    if ((await earlier).ended() === undefined) return earlier;
    // Whoever comes first opens it again for all.
    if (this.#open.get(host.name) !== earlier) return this.with(host);
    const again = this.#again(host);
    this.#keep(host.name, again);
    return again;
  }

  /** Ends them all. */
  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const session of settled) if (session.status === 'fulfilled') session.value.close();
  }

  #start(host: SshEndpoint & Partial<Pick<IslandHost, 'jump'>>): Promise<SshConnection> {
    const session = this.#connect(host);
    this.#keep(host.name, session);
    return session;
  }

  /** What cannot be opened is forgotten, so that the next one who asks is told why anew. */
  #keep(name: string, session: Promise<SshConnection>): void {
    this.#open.set(name, session);
    session.catch(() => {
      if (this.#open.get(name) === session) this.#open.delete(name);
    });
  }

  async #again(host: SshEndpoint): Promise<SshConnection> {
    for (const waitMs of backOffMs) {
      await sleep(waitMs * (0.5 + Math.random()), undefined, { signal: this.#options.signal });
      const session = await Promise.allSettled([this.#connect(host)]);
      if (session[0].status === 'fulfilled') return session[0].value;
    }
    return this.#connect(host);
  }

  async #connect(
    endpoint: SshEndpoint & Partial<Pick<IslandHost, 'jump'>>,
  ): Promise<SshConnection> {
    const verifier = hostVerifier(endpoint);
    const { jump } = endpoint;
    if (jump === undefined) return openSsh({ ...this.#options, endpoint, verifier });
    const through = await (await this.with(jump)).forward(endpoint);
    return openSsh({ ...this.#options, endpoint, verifier, through });
  }
}
