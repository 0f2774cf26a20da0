import type { Context } from '../context.js';

/** Whether a person sits at this run: one who can read a question and type the answer. */
export function hasTerminal({ stdin, stderr }: Pick<Context, 'stdin' | 'stderr'>): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true && stderr.isTTY;
}
