import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { shellLine, shellWord } from '../../../../cli/input/shell-word.js';

const nasty = [
  '',
  ' ',
  'plain',
  "'",
  "''",
  '"',
  '\\',
  "\\'",
  '`id`',
  '$(id)',
  '${HOME}',
  '$HOME',
  '~',
  '~root',
  '*',
  '?[a-z]',
  '{a,b}',
  '!!',
  '#comment',
  'a;b',
  'a&b',
  'a|b',
  'a>b<c',
  '(a)',
  '-n',
  '--',
  'A=b',
  'if',
  'a\nb',
  'a\r\nb',
  'a\tb',
  '\u0001\u001b[31m',
  'é漢字🙂',
  "x'; touch /tmp/owned; '",
  'x'.repeat(100_000),
];

/** The words that a real shell gives to a program for a line. */
function words(shell: string, line: string): string[] {
  const input = `set -- ${line}\nfor word; do printf '%s\\0' "$word"; done`;
  const said = execFileSync(shell, { input, encoding: 'utf8', env: { HOME: '/nowhere' } });
  return said.split('\0').slice(0, -1);
}

describe('a line for a shell', () => {
  it.each(['dash', 'bash'])('gives %s exactly the words that went in', (shell) => {
    expect(words(shell, shellLine(nasty))).toEqual(nasty);
  });

  it.each(['A=b', 'if', '!', '{'])('runs a program named %s and nothing else', (name) => {
    const line = shellLine([name]);
    expect(() => execFileSync('bash', ['-c', line], { stdio: 'pipe' })).toThrow(/not found/);
  });

  it('refuses a word that no program can be given', () => {
    expect(() => shellLine(['a\0b'])).toThrow(TypeError);
  });
});

describe('a word to paste', () => {
  it('comes back as it was', () => {
    expect(words('bash', nasty.map(shellWord).join(' '))).toEqual(nasty);
  });
});
