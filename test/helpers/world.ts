import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A user's home, cache, configuration and working folder in a folder of its own, so that nothing of the machine's is touched. */
export interface World {
  readonly folder: string;
  readonly work: string;
  readonly cache: string;
  readonly config: string;
  /** The whole environment of a command: nothing of the machine's own but the search path. */
  readonly env: Readonly<Record<string, string>>;
  /** Has something called before the world is removed, last come first served. */
  atEnd(clean: () => Promise<void>): void;
  remove(): Promise<void>;
}

/** Makes an empty world. */
export async function createWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
  const under = (name: string): string => join(folder, name);
  const [work, cache, config] = [under('work'), under('cache'), under('config')];
  for (const path of [work, cache, config, under('home')]) await mkdir(path);
  const cleanUps: (() => Promise<void>)[] = [];
  return {
    folder,
    work,
    cache,
    config,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: under('home'),
      XDG_CACHE_HOME: cache,
      XDG_CONFIG_HOME: config,
      LANG: 'C.UTF-8',
    },
    atEnd: (clean) => {
      cleanUps.unshift(clean);
    },
    remove: async () => {
      for (const clean of cleanUps) await clean();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Everything under a folder by path: kind, permissions, times and content, so that any change shows. */
export async function snapshot(folder: string): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs, size } = await lstat(path);
    const facts = [
      mode.toString(8),
      entry.isDirectory() ? '' : `${String(size)} ${String(mtimeMs)}`,
    ];
    if (entry.isFile())
      facts.push(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
    if (entry.isSymbolicLink()) facts.push(await readlink(path));
    seen.set(path.slice(folder.length + 1), facts.join(' '));
  }
  return seen;
}
