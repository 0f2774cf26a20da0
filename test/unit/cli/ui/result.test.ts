import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { resultText, table } from '../../../../cli/ui/result.js';

const result = { document: { schemaVersion: 1, name: 'no: "1.0"' }, text: 'for people' };

describe('a result', () => {
  it('is text for people', async () => {
    expect(await resultText(result, 'table')).toBe('for people\n');
  });

  it('is the same document as JSON and as YAML', async () => {
    expect(JSON.parse(await resultText(result, 'json'))).toEqual(result.document);
    expect(parse(await resultText(result, 'yaml'))).toEqual(result.document);
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell and no blanks at line ends', () => {
    expect(
      table([
        ['A', 'B'],
        ['long', ''],
        ['x', 'y'],
      ]),
    ).toBe('A     B\nlong\nx     y');
  });
});
