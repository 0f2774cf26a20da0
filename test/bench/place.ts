import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recipeText, writeFiles } from '../helpers/recipes.js';
import { builtCli } from '../helpers/repository.js';
import { createWorld, type World } from '../helpers/world.js';
import { timeOne, type Command } from './pairs.js';

/** A world with a recipe, its lock and a key, all made by the built command line. */
export interface Place {
  readonly world: World;
  readonly bundleFile: string;
  /** Where the command line keeps its blobs. */
  readonly cacheFolder: string;
  /** The built command line in this world. */
  readonly command: (...words: readonly string[]) => Command;
  /** `bundle`, of this recipe and with this key. */
  readonly bundle: Command;
  readonly verify: Command;
}

export interface PlaceOptions {
  readonly components: readonly Readonly<Record<string, unknown>>[];
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  readonly signal: AbortSignal;
}

/** Writes and locks a recipe of these components; what it fetches for the lock stays in the cache. */
export async function lockedPlace(
  world: World,
  { components, mirrors, signal }: PlaceOptions,
): Promise<Place> {
  await writeFiles(world.config, {
    'wire-offline/wire-offline.yaml': `mirrors: ${JSON.stringify(mirrors)}\n`,
  });
  await writeFiles(world.work, { 'bench.recipe.yaml': recipeText({ components }) });
  const command = (...words: readonly string[]): Command => ({
    argv: [process.execPath, builtCli, '-q', ...words],
    cwd: world.work,
    env: world.env,
  });
  const key = ['--out', 'keys', '--identity', 'bench', '--no-passphrase'];
  await timeOne(command('key', 'generate', ...key), signal);
  await timeOne(command('recipe', 'lock', 'bench.recipe.yaml'), signal);
  const words = ['bench.recipe.yaml', '--out', 'bench.bundle', '--key', 'keys/private/bench'];
  return {
    world,
    bundleFile: join(world.work, 'bench.bundle'),
    cacheFolder: join(world.cache, 'wire-offline'),
    command,
    bundle: command('bundle', ...words),
    verify: command('verify', 'bench.bundle', '--trust', 'keys/trust'),
  };
}

/** Gives the work a world, and removes it whatever happens. */
export async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const world = await createWorld();
  try {
    return await work(world);
  } finally {
    await world.remove();
  }
}

/** Removes files and folders, and waits until the disk has what was written before. */
export async function cleared(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true });
  await timeOne({ argv: ['sync'] }, new AbortController().signal);
}
