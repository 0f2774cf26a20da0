import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Joins the command line's modules and the packages they use into a few files under `artifacts/program`: Node finds,
 * reads and compiles those in a fraction of the time, and they run without `node_modules`. `modules.json` says what
 * went into each; `cli/bundle/program-files.ts` ships them by it.
 */
const root = join(import.meta.dirname, '..');
const folder = 'artifacts/program';

const { metafile } = await build({
  absWorkingDir: root,
  // The first module of the program, and of each of its threads, which are started by name.
  entryPoints: ['cli/main.ts', 'cli/bundle/hash-worker.ts'],
  entryNames: '[name]',
  outdir: folder,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  metafile: true,
  legalComments: 'none',
  // Native parts are built for one Node and one libc; the packages that have them do without.
  external: ['*.node'],
  // Packages in the older module form call `require` for what Node brings, and ask where they lie.
  banner: {
    js: [
      "import { createRequire as requireOfNode } from 'node:module';",
      'const require = requireOfNode(import.meta.url);',
      'const __dirname = import.meta.dirname;',
      'const __filename = import.meta.filename;',
    ].join('\n'),
  },
  logLevel: 'warning',
});

const outputs = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
for (const name of await readdir(join(root, folder)))
  if (!outputs.has(name)) await rm(join(root, folder, name), { recursive: true });
await writeFile(join(root, folder, 'modules.json'), `${JSON.stringify(metafile)}\n`);
