import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readYaml, readYamlStream } from '../../../../cli/input/yaml-document.js';

const schema = z.strictObject({
  kind: z.literal('Recipe').optional(),
  version: z.string().min(1).optional(),
  on: z.boolean().optional(),
  mirrors: z.partialRecord(z.enum(['apt', 'npm']), z.string()).optional(),
  pin: z.unknown().refine(() => true),
});

/** What is wrong with a text, a line a problem. */
async function problemsOf(text: string, of: z.ZodType = schema): Promise<readonly string[]> {
  const reading = await readYaml({ file: 'x.yaml', bytes: Buffer.from(text) }, () =>
    Promise.resolve(of),
  );
  if (reading.ok) return [];
  return reading.problems.map(
    ({ where, expected, got }) => `${where}: expected ${expected}, got ${got}`,
  );
}

describe('a problem of a file', () => {
  it.each([
    ['the only word that is right, once', 'kind: recipe', 'kind: expected Recipe, got "recipe"'],
    [
      'that a number which is to be a text wants quotes',
      'version: 1.0',
      'version: expected a text (write it in quotes), got 1',
    ],
    ['an empty text', 'version: ""', 'version: expected a text that is not empty, got ""'],
    ['a truth', 'on: yes', 'on: expected true or false, got "yes"'],
    [
      'the keys that a mapping of names may have',
      'mirrors: { nmp: x }',
      'mirrors.nmp: expected one of apt, npm, got "nmp"',
    ],
    ['a key without a letter', '"": x', ' "": expected one of kind, version, on, mirrors, pin'],
  ])('says %s', async (_what, text, says) => {
    expect((await problemsOf(`${text}\npin: 1\n`)).join('\n')).toContain(says);
  });

  it('says that a value is missing whose type is any', async () => {
    expect(await problemsOf('kind: Recipe')).toEqual([
      'x.yaml:1:1 pin: expected a value, got nothing',
    ]);
  });

  it('is told once a place, however many lists are open at the end', async () => {
    expect(await problemsOf('['.repeat(50), z.unknown())).toHaveLength(1);
  });
});

describe('nesting', () => {
  const anything = z.unknown();
  const tooDeep = 'expected at most 64 lists and mappings in one another, got more';

  it('is taken as deep as anybody writes it', async () => {
    expect(await problemsOf(`${'['.repeat(64)}${']'.repeat(64)}`, anything)).toEqual([]);
    expect(await problemsOf(`${'{a: '.repeat(64)}x${'}'.repeat(64)}`, anything)).toEqual([]);
    expect(await problemsOf(`${'- '.repeat(64)}x`, anything)).toEqual([]);
  });

  it.each([
    ['lists', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['lists without an end', '['.repeat(1_000_000)],
    ['lists line by line', '- '.repeat(500_000)],
    ['mappings', '{a: '.repeat(200_000)],
    ['keys', '? '.repeat(500_000)],
  ])('of %s that goes on is refused at its place', async (_what, text) => {
    expect(await problemsOf(text, anything)).toEqual([
      expect.stringMatching(new RegExp(`^x\\.yaml:1:\\d+: ${tooDeep}$`)),
    ]);
  });

  it('through aliases is refused too', async () => {
    const lines = ['a0: &a0 [x]'];
    for (let level = 1; level < 5; level++) {
      const above = `${'['.repeat(20)}*a${String(level - 1)}${']'.repeat(20)}`;
      lines.push(`a${String(level)}: &a${String(level)} ${above}`);
    }
    expect(await problemsOf(lines.join('\n'), anything)).toEqual([`x.yaml: ${tooDeep}`]);
  });

  it('is refused in what a program wrote as well', () => {
    const bytes = Buffer.from('['.repeat(1000));
    expect(readYamlStream({ file: 'x.yaml', bytes })).toMatchObject({
      ok: false,
      problems: [{ where: 'x.yaml:1:65', got: 'more' }],
    });
  });
});
