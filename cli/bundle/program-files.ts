import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A file of this program, where it lies and where it belongs below the folder it is shipped in. */
export interface ProgramFile {
  readonly path: string;
  readonly file: string;
}

/** What the build says it made, and of what; its paths are relative to the root. */
const modulesFile = 'artifacts/program/modules.json';
const modulesSchema = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
});

/** What the program reads of itself besides its modules. */
const ownFiles = [
  'LICENSE',
  'package.json',
  'bundle-recipes/helm.recipe.yaml',
  'bundle-recipes/helm.lock.yaml',
];

/** What a package's authors want to go with their code. */
const notices = /^(?:licen[cs]e|copying|notice|authors)(?:\.|-|$)|^package\.json$/i;

/**
 * The files that this program needs to run elsewhere, sorted: its built modules, its pages and its licence, and the
 * name, version and licence of each package that was built into it. What else lies in the build folder or among the
 * installed packages stays behind.
 */
export async function programFiles(root: string): Promise<readonly ProgramFile[]> {
  const built: unknown = JSON.parse(await readFile(join(root, modulesFile), 'utf8'));
  const { inputs, outputs } = modulesSchema.parse(built);
  const packages = [...new Set(Object.keys(inputs).flatMap((input) => packageOf(input) ?? []))];
  const paths = [
    ...ownFiles,
    ...Object.keys(outputs),
    ...(await namesIn(root, 'docs')).filter((path) => path.endsWith('.md')),
    ...(await Promise.all(packages.map((folder) => noticesIn(root, folder)))).flat(),
  ];
  return paths.sort().map((path) => ({ path, file: join(root, path) }));
}

/** The folder of the package that a module belongs to. */
function packageOf(module: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0];
}

async function noticesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && notices.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`);
}

async function namesIn(root: string, folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.map((name) => `${folder}/${name}`);
}
