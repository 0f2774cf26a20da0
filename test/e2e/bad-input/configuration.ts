import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const show = ['config', 'show'];

/** A row whose configuration file in the working folder holds the given text. */
function file(title: string, content: string | Uint8Array, says: BadInput['says']): BadInput {
  return {
    title,
    arrange: (world) => writeFile(join(world.work, 'wire-offline.yaml'), content),
    argv: show,
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says,
  };
}

function named(path: string): (world: World) => readonly string[] {
  return (world) => ['--config', join(world.work, path), ...show];
}

/** What can be wrong with wire-offline.yaml and with the variables. */
export const configurationRows: readonly BadInput[] = [
  file(
    'an unknown key is refused, with file, line, column and the nearest one',
    'color: auto\n\ncahce: /x\n',
    [/wire-offline\.yaml:3:1 cahce/, 'did you mean cache?'],
  ),
  file('a value of the wrong type is refused at its place', 'concurrency: many\n', [
    /wire-offline\.yaml:1:14 concurrency/,
    '"many"',
  ]),
  file('a number out of range is refused', 'concurrency: 1000\n', ['at most 256', '1000']),
  file('a fraction is refused where a whole number is wanted', 'concurrency: 1.5\n', [
    'whole number',
  ]),
  file('a word that is no choice is refused with the choices', 'logFormat: jsno\n', [
    'one of auto, plain, json',
    'did you mean json?',
  ]),
  file('all problems of a file come at once', 'concurrency: 0\nlogFormat: loud\ncolour: auto\n', [
    /:1:14 concurrency/,
    /:2:12 logFormat/,
    /:3:1 colour/,
  ]),
  file('a list where a mapping is wanted is refused', '- cache\n', ['a mapping']),
  file('lists without end are refused at their place', '['.repeat(1000), [
    /wire-offline\.yaml:1:65: expected at most 64 lists/,
  ]),
  file('a file that is no YAML is refused at its place', 'cache: "unclosed\n', [
    /:2:1|:1:\d+/,
    'valid YAML',
  ]),
  file('a key twice is refused', 'cache: /a\ncache: /b\n', [/:2:1/, 'unique']),
  file('two documents in one file are refused', 'cache: /a\n---\ncache: /b\n', [
    'one YAML document',
  ]),
  file('an unknown tag is refused', 'cache: !!js/function "x"\n', ['valid YAML']),
  file('aliases that unfold without end are refused', aliasBomb(), ['aliases']),
  file('a file that is not UTF-8 is refused', new Uint8Array([0x63, 0x3a, 0x20, 0xff, 0xfe]), [
    'UTF-8',
  ]),
  file('a file larger than any person writes is refused unread', `# ${'x'.repeat(1024 * 1024)}\n`, [
    'at most 1048576 bytes',
  ]),
  {
    title: 'control characters in a value are shown, not obeyed',
    arrange: (world) => writeFile(join(world.work, 'wire-offline.yaml'), 'logFormat: "\\e[2Jx"\n'),
    argv: show,
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['\\u001b[2Jx'],
  },
  {
    title: 'a configuration that is named but absent is refused',
    argv: named('absent.yaml'),
    code: 'CONFIG_UNREADABLE',
    exitStatus: 3,
    says: ['absent.yaml', '--config'],
  },
  {
    title: 'a configuration that is a folder is refused',
    arrange: async (world) => {
      await mkdir(join(world.work, 'folder'));
    },
    argv: named('folder'),
    code: 'CONFIG_UNREADABLE',
    exitStatus: 3,
    says: ['folder', 'EISDIR'],
  },
  {
    title: 'a configuration without end is refused, and no more of it is read than tells so',
    argv: ['--config', '/dev/zero', ...show],
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['at most 1048576 bytes'],
  },
  {
    title: 'a configuration that links to itself is refused',
    arrange: (world) => symlink('loop', join(world.work, 'loop')),
    argv: named('loop'),
    code: 'CONFIG_UNREADABLE',
    exitStatus: 3,
    says: ['loop', 'ELOOP'],
  },
  {
    title: 'a configuration with a name that no file can have is refused',
    argv: (world) => ['--config', join(world.work, 'x'.repeat(4096)), ...show],
    code: 'CONFIG_UNREADABLE',
    exitStatus: 3,
    says: ['ENAMETOOLONG'],
  },
  {
    title: 'an empty configuration on standard input is refused',
    argv: ['--config', '-', ...show],
    stdin: '',
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['standard input', 'empty'],
  },
  {
    title: 'a variable that is no choice is refused by its name',
    argv: show,
    env: { WIRE_OFFLINE_VERBOSITY: 'loud' },
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['WIRE_OFFLINE_VERBOSITY', 'one of quiet, normal, verbose', '"loud"'],
  },
  {
    title: 'a bad file of the user is refused even where the working folder has a good one',
    arrange: async (world) => {
      await mkdir(join(world.config, 'wire-offline'));
      await writeFile(join(world.config, 'wire-offline', 'wire-offline.yaml'), 'x: 1\n');
      await writeFile(join(world.work, 'wire-offline.yaml'), 'concurrency: 2\n');
      await chmod(join(world.work, 'wire-offline.yaml'), 0o600);
    },
    argv: show,
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: [/config\/wire-offline\/wire-offline\.yaml:1:1 x/],
  },
];

function aliasBomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) {
    const above = `*a${String(level - 1)}`;
    lines.push(`a${String(level)}: &a${String(level)} [${Array(10).fill(above).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}
