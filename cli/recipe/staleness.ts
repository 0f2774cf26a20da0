import { WireOfflineError, type Problem } from '../errors.js';
import { shellWord } from '../input/shell-word.js';
import type { Recipe, RecipeComponent } from './load.js';
import { lockFileOf, readLock, specDigest, type Lock, type LockedComponent } from './lock-file.js';
import type { Kinds } from './schema.js';

/** How a recipe and its lock differ, by components. */
export interface Staleness {
  /** In the recipe, not in the lock. */
  readonly added: readonly RecipeComponent[];
  /** Locked for another spec or kind than the recipe's. */
  readonly changed: readonly RecipeComponent[];
  /** In the lock, no longer in the recipe. */
  readonly removed: readonly string[];
}

/** A component with its pin. */
export interface PinnedComponent extends RecipeComponent {
  readonly pin: unknown;
}

/** Compares a recipe with its lock, without asking anybody else. */
export function compareWithLock(recipe: Recipe, lock: Lock): Staleness {
  const { components } = recipe;
  const names = new Set(components.map(({ name }) => name));
  return {
    added: components.filter(({ name }) => !lock.components.has(name)),
    changed: components.filter((component) => {
      const locked = lock.components.get(component.name);
      return locked !== undefined && !isLockedAs(component, locked);
    }),
    removed: [...lock.components.keys()].filter((name) => !names.has(name)),
  };
}

export interface LockRequest {
  readonly recipe: Recipe;
  readonly cwd: string;
  readonly kinds: Kinds;
}

/**
 * The lock that says what the recipe's components are, nothing added, removed or changed since.
 *
 * @throws {WireOfflineError} LOCK_MISSING, LOCK_STALE, LOCK_INVALID
 */
export async function requireLock(
  request: LockRequest,
): Promise<{ readonly lockedAt: string; readonly components: readonly PinnedComponent[] }> {
  const { recipe, cwd, kinds } = request;
  const file = lockFileOf(recipe.file);
  const lock = await readLock({ file, cwd }, kinds);
  if (lock === undefined) throw missingLock(recipe.file);
  const problems = describeStaleness(recipe, compareWithLock(recipe, lock));
  if (problems.length > 0) throw staleLock(recipe.file, problems);
  const components = recipe.components.map((component) => ({
    ...component,
    pin: lock.components.get(component.name)?.pin,
  }));
  return { lockedAt: lock.lockedAt, components };
}

/** No lock beside a recipe, as an error with the command that makes one. */
export function missingLock(recipeFile: string): WireOfflineError {
  return new WireOfflineError('LOCK_MISSING', {
    message: `lock ${lockFileOf(recipeFile)}: expected the lock of ${recipeFile}, got none`,
    hint: lockCommand(recipeFile),
  });
}

/** A lock that its recipe or upstream left behind, as an error with the command that mends it. */
export function staleLock(
  recipeFile: string,
  problems: readonly Problem[],
  update: readonly string[] = [],
): WireOfflineError {
  const file = lockFileOf(recipeFile);
  return new WireOfflineError('LOCK_STALE', {
    message: `lock ${file} is not the lock of ${recipeFile} as it is now`,
    problems,
    hint: lockCommand(recipeFile, update),
  });
}

/** Each difference as a problem at the place in the recipe, or in the lock for what the recipe no longer has. */
export function describeStaleness(
  recipe: Recipe,
  { added, changed, removed }: Staleness,
): readonly Problem[] {
  const file = lockFileOf(recipe.file);
  return [
    ...added.map(({ name, where }) => ({
      where: `${where} ${name}`,
      expected: `a locked component`,
      got: 'one that was added since',
    })),
    ...changed.map(({ name, where }) => ({
      where: `${where} ${name}`,
      expected: `the component as it was locked`,
      got: 'another specification',
    })),
    ...removed.map((name) => ({
      where: `${file} ${name}`,
      expected: 'a component of the recipe',
      got: 'one that was removed since',
    })),
  ];
}

function isLockedAs(component: RecipeComponent, locked: LockedComponent): boolean {
  return locked.kind === component.kind && locked.spec === specDigest(component);
}

/** What to type for a lock; `update` names the components that moved although the recipe did not. */
export function lockCommand(recipeFile: string, update: readonly string[] = []): string {
  const options = update.map((name) => ` --update ${name}`).join('');
  return `wire-offline recipe lock ${shellWord(recipeFile)}${options}`;
}
