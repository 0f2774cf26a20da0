import { expect, it } from '@jest/globals';
import { parseByteSize } from '../../../../cli/bundle/part-size.js';

it.each([
  ['4GB', 4_000_000_000],
  ['3.5GiB', 3_758_096_384],
  ['700MB', 700_000_000],
  ['1 MiB', 1_048_576],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

it.each(['', '4', 'GB', '-1GB', '4gb', '4 GBs', '1e9MB', '99999999GB', '0x10MB'])(
  '%j is no size',
  (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  },
);
