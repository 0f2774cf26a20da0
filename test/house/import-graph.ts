import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { z } from 'zod';
import { repositoryRoot } from '../helpers/repository.js';
import { libraryOf } from './judge.js';

/** One import in the sources; paths are from the root of the repository. */
export interface ImportEdge {
  readonly from: string;
  readonly to: { readonly file: string } | { readonly library: string };
}

const resultSchema = z.object({
  modules: z.array(
    z.object({
      source: z.string(),
      dependencies: z.array(
        z.object({ resolved: z.string(), module: z.string(), couldNotResolve: z.boolean() }),
      ),
    }),
  ),
});

/** Every static and dynamic import in the given folders' sources. */
export async function importGraph(
  folders: readonly string[],
  root: string = repositoryRoot,
): Promise<ImportEdge[]> {
  const { output } = await cruise([...folders], {
    baseDir: root,
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    ruleSet: {},
  });
  const { modules } = resultSchema.parse(output satisfies string | ICruiseResult);
  return modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved, module }) => {
      const library = libraryOf(module);
      return { from: source, to: library === undefined ? { file: resolved } : { library } };
    }),
  );
}

/** All files that can be reached from one, itself included. */
export function reachableFrom(start: string, edges: readonly ImportEdge[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { from, to } of edges) if (from === file && 'file' in to) waiting.push(to.file);
  }
  return reached;
}
