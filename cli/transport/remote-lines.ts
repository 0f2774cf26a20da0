import type { Readable } from 'node:stream';

/** No line of ours is longer; what has none is no answer of ours. */
const maxLineCharacters = 64 * 1024;

/** The lines that a program on a host says, as they come; an unfinished last line is dropped. */
export async function* remoteLines(stdout: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stdout) {
    rest += String(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineCharacters) throw new RangeError('a host said a line without an end');
    yield* lines;
  }
}
