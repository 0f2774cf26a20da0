import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtCli } from './repository.js';
import type { World } from './world.js';

export interface Answer {
  /** What the screen must show before it is typed; each answer waits for words after those of the one before. */
  readonly after: RegExp;
  readonly type: string;
}

/** Runs the built command line at a real terminal and types answers into it as it asks; gives the screen. */
export async function runAtTerminal(
  world: World,
  argv: readonly string[],
  answers: readonly Answer[],
): Promise<{ readonly status: number | null; readonly screen: string }> {
  const words = [process.execPath, builtCli, ...argv].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', words, '/dev/null'], {
    cwd: world.work,
    env: { ...world.env, TERM: 'xterm' },
  });
  world.atEnd(() => {
    child.kill();
    return Promise.resolve();
  });
  let screen = '';
  let seen = 0;
  const left = [...answers];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = left;
    const match = next?.after.exec(screen.slice(seen));
    if (next === undefined || match == null) return;
    seen += match.index + match[0].length;
    left.shift();
    child.stdin.write(next.type);
  });
  await once(child, 'close');
  return { status: child.exitCode, screen };
}
