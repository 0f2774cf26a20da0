import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { builtCli, repositoryRoot } from '../../helpers/repository.js';

const { outputs } = z
  .object({
    outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()) })),
  })
  .parse(JSON.parse(readFileSync(join(repositoryRoot, 'artifacts/program/modules.json'), 'utf8')));

/** The packages in the built files that a command line really loaded, as Node tells of its own module loader. */
function packagesLoadedBy(argv: readonly string[]): string[] {
  const { stderr } = spawnSync(process.execPath, [builtCli, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NODE_DEBUG: 'esm' },
    maxBuffer: 256 * 1024 * 1024,
  });
  const files = new Set(
    [...stderr.matchAll(/artifacts\/program\/[\w-]+\.js/g)].map(([file]) => file),
  );
  const inputs = [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  const names = inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(names.flatMap((name) => name ?? []))].sort();
}

describe('version', () => {
  it('loads the command line parser and nothing heavy', () => {
    const loaded = packagesLoadedBy(['version']);
    expect(loaded).toContain('commander');
    for (const heavy of ['ssh2', 'listr2', 'zod', 'yaml', 'undici', 'execa', 'tar'])
      expect(loaded).not.toContain(heavy);
  });
});

describe('config show', () => {
  it('loads what it needs, so that the test above sees what is loaded', () => {
    expect(packagesLoadedBy(['config', 'show'])).toEqual(expect.arrayContaining(['zod', 'yaml']));
  });
});
