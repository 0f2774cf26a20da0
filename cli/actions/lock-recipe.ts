import { WireOfflineError } from '../errors.js';
import { oneOf, show } from '../input/issues.js';
import { secondsText } from '../recipe/created-at.js';
import { loadRecipe, type Recipe, type RecipeComponent } from '../recipe/load.js';
import {
  lockFileOf,
  readLock,
  samePin,
  specDigest,
  writeLock,
  type Lock,
  type LockedComponent,
} from '../recipe/lock-file.js';
import { pinChanges, type PinChange } from '../recipe/pin-changes.js';
import { compareWithLock, describeStaleness, missingLock, staleLock } from '../recipe/staleness.js';
import { sources } from '../sources/registry.js';
import { taskUi } from '../ui/task-ui.js';
import { runTasks } from '../ui/tasks.js';
import { shellWord } from '../input/shell-word.js';
import { SourceRun, type Run } from './source-run.js';

export interface LockRequest {
  /** The recipe, as the user named it. */
  readonly file: string;
  /** Components to ask upstream about although nothing in the recipe changed. */
  readonly update: readonly string[];
}

/** One thing that moved, and in which component. */
export interface Move extends PinChange {
  readonly component: string;
}

export interface LockResult {
  readonly file: string;
  readonly lockedAt: string;
  readonly components: number;
  /** The components that upstream was asked about. */
  readonly asked: readonly string[];
  readonly moves: readonly Move[];
  /** Components that the recipe no longer has. */
  readonly removed: readonly string[];
}

/**
 * Pins what is new or changed in a recipe, and what was asked for; everything the first time. The lock is
 * written when all succeeded, and only when it differs.
 *
 * @throws {WireOfflineError} RECIPE_UNREADABLE, RECIPE_INVALID, LOCK_INVALID, USAGE_INVALID, OUTPUT_NOT_WRITABLE;
 * what the sources throw.
 */
export async function lockRecipe(request: LockRequest, run: Run): Promise<LockResult> {
  const { recipe, old, file } = await readBoth(request.file, run);
  refuseUnknown(recipe, request.update);
  const { added, changed, removed } = compareWithLock(recipe, old ?? noLock);
  const wanted = new Set([...[...added, ...changed].map(({ name }) => name), ...request.update]);
  const asked = recipe.components.filter(({ name }) => wanted.has(name));
  const fresh = await askUpstream(asked, run);
  const components = merge(recipe, { old: old ?? noLock, fresh });
  const moves = movesBetween(old ?? noLock, components);
  const pinsMoved = old === undefined || moves.length > 0 || removed.length > 0;
  const lockedAt = pinsMoved ? secondsText(new Date()) : old.lockedAt;
  if (pinsMoved || changed.length > 0)
    await writeLock({ file, cwd: run.context.cwd }, { lockedAt, components });
  const names = asked.map(({ name }) => name);
  return { file, lockedAt, components: components.size, asked: names, moves, removed };
}

/**
 * Asks upstream about everything that is locked and writes nothing.
 *
 * @throws {WireOfflineError} LOCK_MISSING; LOCK_STALE where the recipe changed or upstream moved; as `lockRecipe`.
 */
export async function checkLock(recipeFile: string, run: Run): Promise<LockResult> {
  const { recipe, old, file } = await readBoth(recipeFile, run);
  if (old === undefined) throw missingLock(recipe.file);
  const differences = describeStaleness(recipe, compareWithLock(recipe, old));
  if (differences.length > 0) throw staleLock(recipe.file, differences);
  const fresh = await askUpstream(recipe.components, run);
  const moves = movesBetween(old, fresh);
  const asked = recipe.components.map(({ name }) => name);
  if (moves.length > 0) throw movedUpstream(recipe.file, moves);
  return { file, lockedAt: old.lockedAt, components: fresh.size, asked, moves, removed: [] };
}

type Components = Lock['components'];

const noLock: Lock = { lockedAt: '', components: new Map() };

interface Both {
  readonly recipe: Recipe;
  /** The lock's file, as the user would name it. */
  readonly file: string;
  readonly old: Lock | undefined;
}

async function readBoth(recipeFile: string, { context: { cwd } }: Run): Promise<Both> {
  const file = lockFileOf(recipeFile);
  const recipe = await loadRecipe({ file: recipeFile, cwd, kinds: sources });
  return { recipe, file, old: await readLock({ file, cwd }, sources) };
}

function refuseUnknown(recipe: Recipe, names: readonly string[]): void {
  const known = recipe.components.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `--update: expected ${oneOf(known, unknown)}, got ${show(unknown)}`,
    hint: `see: wire-offline recipe check ${shellWord(recipe.file)}`,
  });
}

/** Pins these components, several at once, each proven by its kind of source. */
async function askUpstream(asked: readonly RecipeComponent[], run: Run): Promise<Components> {
  const fresh = new Map<string, LockedComponent>();
  if (asked.length === 0) return fresh;
  const sourceRun = await SourceRun.open(run);
  const group = sourceRun.group({
    title: 'lock',
    components: asked,
    work: async (component, tools) => {
      const { name, kind, spec } = component;
      const pin = await (await sources[kind]()).lock(spec, tools);
      fresh.set(name, { kind, spec: specDigest(component), pin });
    },
  });
  try {
    await runTasks([group], taskUi(run.settings, run.context));
  } finally {
    await sourceRun.close();
  }
  return fresh;
}

function merge(recipe: Recipe, { old, fresh }: { old: Lock; fresh: Components }): Components {
  return new Map(
    recipe.components.flatMap(({ name }) => {
      const locked = fresh.get(name) ?? old.components.get(name);
      return locked === undefined ? [] : [[name, locked] as const];
    }),
  );
}

function movesBetween(old: Lock, components: Components): Move[] {
  return [...components].flatMap(([component, { pin }]) => {
    const before = old.components.get(component)?.pin;
    if (before !== undefined && samePin(before, pin)) return [];
    return pinChanges(component, before, pin).map((change) => ({ component, ...change }));
  });
}

function movedUpstream(recipeFile: string, moves: readonly Move[]): WireOfflineError {
  const names = [...new Set(moves.map(({ component }) => component))];
  const problems = moves.map(({ component, item, from = 'nothing', to = 'nothing' }) => ({
    where: component === item ? component : `${component} ${item}`,
    expected: `${from}, as locked`,
    got: `${to} upstream`,
  }));
  return staleLock(recipeFile, problems, names);
}
