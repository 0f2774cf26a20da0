import { describe, expect, it } from '@jest/globals';
import { readYamlStream } from '../../../../cli/input/yaml-document.js';

const read = (text: string, maxBytes?: number) =>
  readYamlStream({
    file: 'x.yaml',
    bytes: Buffer.from(text),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });

describe('YAML that a program wrote', () => {
  it('is read document by document, whatever each is', () => {
    expect(read('---\na: 1\n---\n# nothing\n---\n- x\n')).toEqual({
      ok: true,
      values: [{ a: 1 }, null, ['x']],
    });
    expect(read('')).toEqual({ ok: true, values: [] });
  });

  it('has the last value of a key that stands twice, as clusters read it', () => {
    expect(read('image: one\nimage: two\n')).toEqual({ ok: true, values: [{ image: 'two' }] });
  });

  it('is told with its place where it is none', () => {
    expect(read('a: 1\n---\nb: [\n')).toMatchObject({
      ok: false,
      problems: [{ where: expect.stringMatching(/^x\.yaml:\d+:\d+$/), expected: 'valid YAML' }],
    });
  });

  it('is refused when it is too long or unfolds without end', () => {
    expect(read('a: 1', 3)).toMatchObject({ ok: false });
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghi'.split('').map((key, at) => {
        const before = 'abcdefgh'[at] ?? '';
        return `${key}: &${key} [${Array(9).fill(`*${before}`).join(', ')}]`;
      }),
    ];
    expect(read(bomb.join('\n'))).toMatchObject({ ok: false });
  });
});
