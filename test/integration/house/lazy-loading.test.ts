import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { builtCli } from '../../helpers/repository.js';

/** The packages that a command line really loaded, as Node tells of its own module loader. */
function packagesLoadedBy(argv: readonly string[]): string[] {
  const { stderr } = spawnSync(process.execPath, [builtCli, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NODE_DEBUG: 'esm,module' },
    maxBuffer: 256 * 1024 * 1024,
  });
  const names = [...stderr.matchAll(/node_modules\/((?:@[^/'"\s]+\/)?[^/'"\s]+)\//g)];
  return [...new Set(names.map(([, name]) => name ?? ''))].sort();
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
