import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the kernel shows of rehearsals whose name or folder has these words: empty where nothing is left. */
export async function tracesOf(words: readonly string[]): Promise<readonly string[]> {
  const [loops, tables, mounts, hierarchies] = await Promise.all([
    run('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']),
    run('nft', ['list', 'tables', 'inet']),
    readFile('/proc/self/mountinfo', 'utf8'),
    readdir('/sys/fs/cgroup'),
  ]);
  const links = await run('ip', ['-o', 'link', 'show']);
  const processes = await run('ps', ['-eo', 'args=']);
  const groups = await Promise.all(hierarchies.map((name) => namesIn(`/sys/fs/cgroup/${name}`)));
  const lines = [
    ...[loops, tables, links, processes].flatMap(({ stdout }) => stdout.split('\n')),
    ...[...mounts.split('\n'), ...groups.flat()],
  ];
  return lines.filter((line) => words.some((word) => line.includes(word)));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
