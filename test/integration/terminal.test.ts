import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../helpers/repository.js';

const program = join(repositoryRoot, 'artifacts', 'build', 'test', 'helpers', 'task-tree.js');

/** What a real terminal of 24 lines of 80 columns gets on standard error while standard output goes to a file. */
function onTerminal(env: Readonly<Record<string, string>> = {}): string {
  const { stdout } = spawnSync(
    'script',
    ['-qec', `stty rows 24 cols 80; '${process.execPath}' '${program}' >/dev/null`, '/dev/null'],
    { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', ...env } },
  );
  return stdout;
}

describe('a run on a terminal', () => {
  it('draws a tree of its tasks, with groups and what they say', () => {
    const drawn = onTerminal();
    for (const words of ['fetch', 'registry', 'node', 'from a mirror', 'sign'])
      expect(drawn).toContain(words);
    expect(drawn).toContain('\u001b[?25l');
  });

  it('gives the cursor back at the end', () => {
    expect(onTerminal().lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      onTerminal().lastIndexOf('sign'),
    );
  });
});
