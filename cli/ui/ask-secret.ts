import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../../server/contract/secret.js';
import type { Context } from '../context.js';
import { safeText } from './safe-text.js';

/** Asks the person at this terminal for a secret, which does not show while it is typed. Only where `hasTerminal`. */
export async function askSecret(
  { stdin, stderr, signal }: Pick<Context, 'stdin' | 'stderr' | 'signal'>,
  question: string,
): Promise<Secret> {
  const echo = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: echo, terminal: true });
  // Only now: the terminal itself shows no more what is typed.
  stderr.write(`${safeText(question)} `);
  const interrupted = new Promise<never>((_resolve, reject) => {
    // In raw mode Ctrl-C is a character: it must still stop the run.
    lines.on('SIGINT', () => {
      process.kill(process.pid, 'SIGINT');
    });
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    });
  });
  try {
    return new Secret(await Promise.race([lines.question('', { signal }), interrupted]));
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
