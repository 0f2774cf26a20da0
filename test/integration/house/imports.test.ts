import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importGraph, reachableFrom, type ImportEdge } from '../../house/import-graph.js';
import { judgeFile, judgeLibrary } from '../../house/judge.js';
import { drawHouse, readPage, withPicture } from '../../house/picture.js';
import { internetSide, verbs } from '../../house/rules.js';
import { repositoryRoot } from '../../helpers/repository.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;
let edges: readonly ImportEdge[];
beforeAll(async () => {
  world = await createWorld();
  edges = await importGraph(['cli', 'server'], repositoryRoot);
});
afterAll(() => world.remove());

function violations(graph: readonly ImportEdge[]): string[] {
  return graph.flatMap(({ from, to }) => {
    const said = 'file' in to ? judgeFile(from, to.file) : judgeLibrary(from, to.library);
    return said === undefined ? [] : [`${from}: ${said}`];
  });
}

/** The verbs' files that can reach the internet's side though they work on the island or at the border. */
function leaks(graph: readonly ImportEdge[], files: readonly string[]): string[] {
  return files.filter((file) =>
    [...reachableFrom(file, graph)].some((reached) => new RegExp(internetSide).test(reached)),
  );
}

describe('the import graph', () => {
  it('follows the rules of the house', () => {
    expect(edges.length).toBeGreaterThan(50);
    expect(violations(edges)).toEqual([]);
  });

  it('has no way from an island or border verb to the internet', async () => {
    const files = (await readdir(join(repositoryRoot, 'cli', 'commands'))).map((file) =>
      file.replace(/\.ts$/, ''),
    );
    expect(Object.keys(verbs).sort()).toEqual(files.sort());
    const offline = Object.entries(verbs).filter(([, side]) => side !== 'connected');
    const paths = offline.map(([name]) => `cli/commands/${name}.ts`);
    expect(leaks(edges, paths)).toEqual([]);
  });

  it('is drawn in CONTRIBUTING.md as it is', async () => {
    const page = readPage();
    expect(page).toContain('flowchart');
    expect(withPicture(page, await drawHouse())).toBe(page);
  });
});

describe('a deliberately wrong import', () => {
  it('fails the graph test, also when it is dynamic and goes through others', async () => {
    const root = join(world.work, 'graph');
    for (const room of ['commands', 'actions', 'sources'])
      await mkdir(join(root, 'cli', room), { recursive: true });
    await writeFile(
      join(root, 'cli/commands/push.ts'),
      `export const go = () => import('../actions/push.js');\n`,
    );
    await writeFile(join(root, 'cli/actions/push.ts'), `export * from '../sources/http.js';\n`);
    await writeFile(join(root, 'cli/sources/http.ts'), `import 'ssh2';\nexport const x = 1;\n`);
    const graph = await importGraph(['cli'], root);
    expect(leaks(graph, ['cli/commands/push.ts'])).toEqual(['cli/commands/push.ts']);
    expect(violations(graph)).toEqual([expect.stringContaining('ssh2 is imported in')]);
  });

  it('fails lint', async () => {
    const copy = join(world.work, 'lint');
    for (const part of [
      'cli',
      'server',
      'test/house',
      'tsconfig.json',
      'eslint.config.js',
      'package.json',
    ])
      await cp(join(repositoryRoot, part), join(copy, part), { recursive: true });
    await symlink(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'));
    const wrong = `import 'listr2';\nexport const sources = () => import('../program.js');\n`;
    await appendFile(join(copy, 'cli', 'config', 'xdg.ts'), wrong);
    const eslint = join('node_modules', 'eslint', 'bin', 'eslint.js');
    const { status, stdout } = spawnSync(process.execPath, [eslint, 'cli/config/xdg.ts'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(stdout).toContain('listr2 is imported in');
    expect(stdout).toContain('parts may not import program');
    expect(status).toBe(1);
  });
});
