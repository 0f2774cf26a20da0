import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';

/** A file of this program, where it lies and where it belongs below the folder it is shipped in. */
export interface ProgramFile {
  readonly path: string;
  readonly file: string;
}

/** The first module of the program and of each of its threads, which are started by name. */
export const firstModules = [
  'artifacts/build/cli/main.js',
  'artifacts/build/cli/bundle/hash-worker.js',
] as const;

/** What the program reads of itself besides its modules. */
const ownFiles = [
  'LICENSE',
  'package.json',
  'bundle-recipes/helm.recipe.yaml',
  'bundle-recipes/helm.lock.yaml',
];

/** For whoever develops against a package: nothing of it is read when the program runs. */
const notRun = /\.(?:map|d\.[cm]?ts|[cm]?ts|tsbuildinfo)$/;

/** Native code is built for one Node and one libc, and this program needs none. */
const native = /\.node$/;

/**
 * The files that this program needs to run elsewhere, sorted: the modules that can be reached from its first one,
 * the packages that these import with what those depend on, its pages and its licence. What else lies in the
 * build folder or among the installed packages stays behind.
 */
export async function programFiles(root: string): Promise<readonly ProgramFile[]> {
  const { modules, packages } = await reachable(firstModules.map((name) => join(root, name)));
  const pages = (await filesBelow(join(root, 'docs'))).filter((file) => file.endsWith('.md'));
  const folders = await packageClosure(root, packages);
  const packaged = await Promise.all([...folders].map(filesBelow));
  const own = ownFiles.map((name) => join(root, name));
  return [...own, ...pages, ...modules, ...packaged.flat()]
    .map((file) => ({ path: relative(root, file), file }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** The module specifiers of static and dynamic imports, as the compiler writes them. */
const specifiers = /(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g;

async function reachable(
  starts: readonly string[],
): Promise<{ modules: ReadonlySet<string>; packages: ReadonlySet<string> }> {
  const modules = new Set(starts);
  const packages = new Set<string>();
  for (const module of modules) {
    const text = await readFile(module, 'utf8');
    for (const [, specifier = ''] of text.matchAll(specifiers)) {
      if (specifier.startsWith('.')) modules.add(resolve(dirname(module), specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageName(specifier));
    }
  }
  return { modules, packages };
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** The folders of the packages and of all they depend on, each found as Node finds it from where it is wanted. */
async function packageClosure(root: string, names: Iterable<string>): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const name of names) folders.add(folderOf(name, root));
  for (const folder of folders) {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(manifestSchema.parse(manifest).dependencies))
      folders.add(folderOf(name, folder));
  }
  return folders;
}

function folderOf(name: string, from: string): string {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const folder = places
    .map((place) => join(place, name))
    .find((candidate) => existsSync(join(candidate, 'package.json')));
  if (folder === undefined) throw new Error(`package ${name}: not found from ${from}`);
  return folder;
}

/** The regular files of a package or of the pages that matter to a running program. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !notRun.test(entry.name) && !native.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(folder, file).split(sep).includes('node_modules'));
}
