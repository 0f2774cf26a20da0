import { format, inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { stringify } from 'yaml';
import { Secret } from '../../../../server/contract/secret.js';

const clearText = 'correct horse battery staple';
const secret = new Secret(clearText);

describe('a secret', () => {
  it('gives its clear text only when asked to reveal it', () => {
    expect(secret.reveal()).toBe(clearText);
  });

  const paths: readonly (readonly [string, () => string])[] = [
    ['String()', () => String(secret)],
    ['a template', () => `${secret.toString()} ${[secret].join()}`],
    ['concatenation', () => 'x'.concat(String(secret))],
    ['JSON', () => JSON.stringify({ deep: [{ secret }] })],
    ['inspect', () => inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
    ['console formats', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error that carries it', () => inspect(new Error('x', { cause: { secret } }))],
    ['YAML', () => stringify({ secret })],
    ['the list of its properties', () => JSON.stringify(Object.entries(secret))],
    ['a structured clone', () => inspect(structuredClone({ secret }))],
  ];

  it.each(paths)('does not show through %s', (_name, print) => {
    expect(print()).not.toContain(clearText);
  });

  it('prints as [redacted]', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual([
      '[redacted]',
      '"[redacted]"',
      '[redacted]',
    ]);
  });

  it('does not show in a JSON log', () => {
    const lines: string[] = [];
    pino({}, { write: (line: string) => lines.push(line) }).info({ secret }, 'made');
    expect(lines.join()).toContain('[redacted]');
    expect(lines.join()).not.toContain(clearText);
  });
});
