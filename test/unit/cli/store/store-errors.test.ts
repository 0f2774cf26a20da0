import { appendFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { onStore } from '../../../../cli/store/store-errors.js';
import { codeOf } from '../../../helpers/codes.js';

it('a full disk is said to be one', async () => {
  expect(await codeOf(onStore('/dev/full', () => appendFile('/dev/full', 'x')))).toBe('DISK_FULL');
});

it('a defect stays a defect', async () => {
  const work = onStore('x', () => Promise.reject(new TypeError('a defect')));
  await expect(work).rejects.toThrow(TypeError);
});
