import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.js';
import { safeText } from './safe-text.js';

/** Asks the person at this terminal and gives the line they type, nothing at the end of input. Only where `hasTerminal`. */
export async function askLine(
  { stdin, stderr, signal }: Pick<Context, 'stdin' | 'stderr' | 'signal'>,
  question: string,
): Promise<string> {
  stderr.write(`${safeText(question)} `);
  const lines = createInterface({ input: stdin, terminal: false });
  const ended = new Promise<string>((resolve) => {
    lines.on('close', () => {
      resolve('');
    });
  });
  try {
    return await Promise.race([lines.question('', { signal }), ended]);
  } finally {
    lines.close();
  }
}
