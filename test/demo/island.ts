import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode } from '../../cli/errors.js';
import { show } from './show.js';

/** The state folder of the demo, from its own folder: an island that a killed demo left is found there again. */
const state = 'state';
const islands = join(state, 'wire-offline', 'rehearsal');

/** The throw-away island of the demo: one real host on this machine. */
export class DemoIsland {
  readonly #folder: string;
  /** Others may show the demo on the same machine. */
  readonly #name = `demo-${String(process.pid)}`;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What tells the command line where islands are kept. */
  get env(): Readonly<Record<string, string>> {
    return { XDG_STATE_HOME: join(this.#folder, state) };
  }

  /** The words that boot it. */
  get up(): readonly string[] {
    return ['rehearse', 'up', '--profile', 'one-host', '--name', this.#name];
  }

  /** The words that run a program in its host. */
  exec(...program: readonly string[]): readonly string[] {
    return ['rehearse', 'exec', 'island1', '--', ...program];
  }

  /** The island file that its host's own key is pinned in, from the demo's folder. */
  get islandFile(): string {
    return this.#place('island.yaml');
  }

  /** The SSH key that its host lets in, from the demo's folder. */
  get keyFile(): string {
    return this.#place('id_ed25519');
  }

  /** Takes away what stands, also what a killed demo left; nothing where nothing does. */
  async down(): Promise<void> {
    if ((await namesIn(join(this.#folder, islands))).length === 0) return;
    await show({
      ...{
        what: 'take the host away',
        program: 'wire-offline',
        argv: ['rehearse', 'down', '--all'],
      },
      // A demo that is interrupted takes it away all the same.
      ...{ folder: this.#folder, env: this.env, signal: new AbortController().signal },
    });
  }

  #place(name: string): string {
    return join(islands, this.#name, name);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw error;
  }
}
