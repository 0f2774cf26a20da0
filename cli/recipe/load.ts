import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { WireOfflineError, type Problem } from '../errors.js';
import { oneOf, show } from '../input/issues.js';
import { readSmallFile } from '../input/small-file.js';
import { readYaml, type Locate, type YamlReading } from '../input/yaml-document.js';
import { maxYamlBytes } from '../input/yaml-syntax.js';
import {
  includePathSchema,
  includedSchema,
  kindsNamedIn,
  recipeSchema,
  type ComponentSpec,
  type IncludedFile,
  type Kinds,
  type RecipeFile,
} from './schema.js';

/** A component with the place it came from. */
export interface RecipeComponent extends ComponentSpec {
  /** Relative paths in its spec start here. */
  readonly folder: string;
  /** `file:line:column` for people. */
  readonly where: string;
}

/** A recipe with all that it includes. */
export interface Recipe extends Omit<RecipeFile, 'include' | 'components'> {
  /** As the user named it. */
  readonly file: string;
  /** In the order of the files, the named one first. */
  readonly components: readonly RecipeComponent[];
  /** All files read, the named one first. */
  readonly files: readonly string[];
}

export interface LoadRequest {
  readonly file: string;
  /** What `file` is relative to. */
  readonly cwd: string;
  readonly kinds: Kinds;
}

/**
 * Reads a recipe and what it includes, and checks all of it before it says anything.
 *
 * @throws {WireOfflineError} RECIPE_UNREADABLE, RECIPE_INVALID with the problems of all files at once
 */
export async function loadRecipe(request: LoadRequest): Promise<Recipe> {
  const { file, cwd, kinds } = request;
  const bytes = await readNamed(file, resolve(cwd, file));
  const loading: Loading = { ...request, problems: [], files: [], components: [], done: new Set() };
  const root = await readYaml({ file, bytes }, async (said) =>
    recipeSchema(await kindsNamedIn(said, kinds)),
  );
  await take(loading, { file, reading: root, parents: [await realpath(resolve(cwd, file))] });
  if (root.ok) checkBootstrap(loading, root);
  loading.problems.push(...duplicates(loading.components));
  if (loading.problems.length > 0 || !root.ok) throw invalid(file, loading.problems);
  const { name, version, channel, sequence, bootstrap } = root.value;
  const { components, files } = loading;
  return { name, version, channel, sequence, bootstrap, file, components, files };
}

/** What has been found so far. */
interface Loading extends LoadRequest {
  readonly problems: Problem[];
  readonly files: string[];
  readonly components: RecipeComponent[];
  /** Real paths of files that need not be read again: two recipes may include the same third. */
  readonly done: Set<string>;
}

interface Taken {
  readonly file: string;
  readonly reading: YamlReading<IncludedFile>;
  /** The real paths of this file, of the one that includes it, and so on. */
  readonly parents: readonly string[];
}

async function take(loading: Loading, { file, reading, parents }: Taken): Promise<void> {
  loading.files.push(file);
  if (!reading.ok) loading.problems.push(...reading.problems);
  const said = reading.ok ? reading : reading.unchecked;
  if (said === undefined) return;
  const folder = dirname(resolve(loading.cwd, file));
  if (reading.ok) {
    reading.value.components.forEach((component, index) => {
      const where = reading.locate(['components', index, 'name']).split(' ')[0] ?? file;
      loading.components.push({ ...component, folder, where });
    });
  }
  for (const [index, path] of includesOf(said.value).entries()) {
    const where = said.locate(['include', index]);
    await include(loading, { path, where, file, parents });
  }
}

interface Inclusion {
  readonly path: string;
  readonly where: string;
  /** The file that includes. */
  readonly file: string;
  readonly parents: readonly string[];
}

async function include(loading: Loading, inclusion: Inclusion): Promise<void> {
  const { where, parents } = inclusion;
  const file = join(dirname(inclusion.file), inclusion.path);
  const read = await readSmallFile(resolve(loading.cwd, file), maxYamlBytes);
  if (!read.ok) {
    loading.problems.push({ where, expected: `a file ${file} that can be read`, got: read.got });
    return;
  }
  const real = await realpath(resolve(loading.cwd, file));
  if (parents.includes(real)) {
    const expected = 'recipes that do not include one another in a circle';
    loading.problems.push({ where, expected, got: `${file} again` });
    return;
  }
  if (loading.done.has(real)) return;
  loading.done.add(real);
  const reading = await readYaml({ file, bytes: read.bytes }, async (said) =>
    includedSchema(await kindsNamedIn(said, loading.kinds)),
  );
  await take(loading, { file, reading, parents: [real, ...parents] });
}

/** The includes of a file that may not be valid; those that no file could have are told by its schema. */
function includesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('include' in value)) return [];
  const { include: paths } = value;
  if (!Array.isArray(paths)) return [];
  return paths.flatMap((path) => {
    const parsed = includePathSchema.safeParse(path);
    return parsed.success ? [parsed.data] : [];
  });
}

function checkBootstrap(loading: Loading, root: { value: RecipeFile; locate: Locate }): void {
  const { bootstrap } = root.value;
  const names = loading.components.map(({ name }) => name);
  if (bootstrap === undefined || names.includes(bootstrap) || loading.problems.length > 0) return;
  loading.problems.push({
    where: root.locate(['bootstrap']),
    expected: `the name of a component: ${names.length === 0 ? 'there is none' : oneOf(names, bootstrap)}`,
    got: show(bootstrap),
  });
}

function duplicates(components: readonly RecipeComponent[]): Problem[] {
  const first = new Map<string, string>();
  return components.flatMap(({ name, where }): Problem[] => {
    const taken = first.get(name);
    if (taken === undefined) {
      first.set(name, where);
      return [];
    }
    return [{ where, expected: 'a name of its own', got: `${name}, which ${taken} has already` }];
  });
}

async function readNamed(file: string, path: string): Promise<Uint8Array> {
  const read = await readSmallFile(path, maxYamlBytes);
  if (read.ok) return read.bytes;
  throw new WireOfflineError('RECIPE_UNREADABLE', {
    message: `recipe ${file}: expected a file that can be read, got ${read.got}`,
    hint: 'name an existing recipe, such as bundle-recipes/demo.recipe.yaml',
    cause: read.cause,
  });
}

function invalid(file: string, problems: readonly Problem[]): WireOfflineError {
  return new WireOfflineError('RECIPE_INVALID', {
    message: `recipe ${file} is not valid`,
    problems,
    hint: 'mend the places named; see: wire-offline docs recipes',
  });
}
