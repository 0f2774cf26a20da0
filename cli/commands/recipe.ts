import { Command } from 'commander';
import type { CheckedRecipe } from '../actions/check-recipe.js';
import type { LockResult } from '../actions/lock-recipe.js';
import type { GlobalFlags } from '../config/resolve.js';
import type { Context } from '../context.js';
import { table, type Result } from '../ui/result.js';
import { addOutputOption, showResult, type OutputOption } from './output.js';
import { repeatable } from './repeatable.js';

const exampleText = `
Examples:
  wire-offline recipe check bundle-recipes/demo.recipe.yaml
  wire-offline recipe lock bundle-recipes/demo.recipe.yaml                  locks what is new or changed
  wire-offline recipe lock bundle-recipes/demo.recipe.yaml --update chrony  asks upstream again
  wire-offline recipe lock bundle-recipes/demo.recipe.yaml --check          fails where upstream moved`;

/** `recipe check` and `recipe lock`. */
export function recipeCommand(context: Context): Command {
  return new Command('recipe')
    .description('look at what a bundle is made of, and pin it')
    .addHelpText('afterAll', exampleText)
    .addCommand(checkCommand(context))
    .addCommand(lockCommand(context));
}

function checkCommand(context: Context): Command {
  return addOutputOption(
    new Command('check')
      .description('check a recipe and what it includes, and render its charts')
      .argument('<recipe>', 'a file whose name ends in .recipe.yaml'),
  ).action(async (file: string, { output }: OutputOption, command: Command) => {
    const { resolveSettings } = await import('../config/resolve.js');
    const { checkRecipe } = await import('../actions/check-recipe.js');
    const { settings } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
    await showResult(context, output, checkResult(await checkRecipe(file, { settings, context })));
  });
}

interface LockFlags extends OutputOption {
  readonly check?: boolean;
  readonly update?: readonly string[];
}

function lockCommand(context: Context): Command {
  return addOutputOption(
    new Command('lock')
      .description('pin what is new or changed in a recipe to what upstream has today')
      .argument('<recipe>', 'a file whose name ends in .recipe.yaml')
      .option('--check', 'change nothing; fail where the recipe or upstream moved')
      .addOption(repeatable('--update <name>', 'ask upstream about this component again')),
  ).action(async (file: string, flags: LockFlags, command: Command) => {
    const { resolveSettings } = await import('../config/resolve.js');
    const { checkLock, lockRecipe } = await import('../actions/lock-recipe.js');
    const { settings } = await resolveSettings(command.optsWithGlobals<GlobalFlags>(), context);
    const { check, update = [], output } = flags;
    const run = { settings, context };
    const locked = await (check === true
      ? checkLock(file, run)
      : lockRecipe({ file, update }, run));
    await showResult(context, output, lockResult(locked));
  });
}

function checkResult({ recipe, lock, charts }: CheckedRecipe): Result {
  const { name, version, channel, sequence, files } = recipe;
  const components = recipe.components.map((component) => ({
    name: component.name,
    kind: component.kind,
    where: component.where,
    lock: stateOf(component.name, lock),
  }));
  const rows = components.map((component) => Object.values(component));
  const next = lock.state === 'current' ? '' : `; next: ${lock.command}`;
  return {
    document: {
      schemaVersion: 1,
      ...{ name, version, channel, sequence, files, components },
      lock: { file: lock.file, state: lock.state },
      charts: charts ?? null,
    },
    text: [
      `${name} ${version}, channel ${channel}, sequence ${String(sequence)}; lock ${lock.file}: ${lock.state}${next}`,
      table([['COMPONENT', 'KIND', 'WHERE', 'LOCK'], ...rows]),
      ...chartLines(charts),
    ].join('\n'),
  };
}

function chartLines(charts: CheckedRecipe['charts']): readonly string[] {
  if (charts === undefined) return ['charts: not rendered, since the lock is not current'];
  if (charts.length === 0) return [];
  const rows = charts.map(({ component, images }) => [component, String(images.length)]);
  return [table([['CHART', 'IMAGES, ALL IN THE BUNDLE'], ...rows])];
}

function stateOf(name: string, lock: CheckedRecipe['lock']): string {
  const has = (list: readonly { readonly name: string }[]) => list.some((one) => one.name === name);
  if (lock.state === 'missing' || has(lock.added)) return 'missing';
  return has(lock.changed) ? 'stale' : 'current';
}

function lockResult({ file, lockedAt, components, asked, moves, removed }: LockResult): Result {
  const rows = moves.map(({ component, item, from = '-', to = '-' }) => [
    component,
    item,
    from,
    to,
  ]);
  const gone = removed.map((component) => [component, component, 'locked', '-']);
  const summary = `lock ${file}: ${String(components)} components, locked at ${lockedAt}`;
  const moved =
    rows.length + gone.length === 0
      ? 'nothing moved'
      : table([['COMPONENT', 'ITEM', 'FROM', 'TO'], ...rows, ...gone]);
  return {
    document: { schemaVersion: 1, file, lockedAt, components, asked, moves, removed },
    text: `${summary}\n${moved}`,
  };
}
