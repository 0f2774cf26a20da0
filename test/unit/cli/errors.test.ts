import { describe, expect, it } from '@jest/globals';
import {
  WireOfflineError,
  errorFamilies,
  hasSystemCode,
  toWireOfflineError,
} from '../../../cli/errors.js';
import { exitCodes } from '../../../cli/exit-codes.js';

describe('exit statuses', () => {
  it('are the numbers that scripts rely on', () => {
    expect(exitCodes).toEqual({
      ok: 0,
      unexpected: 1,
      usage: 2,
      invalid: 3,
      verification: 4,
      preflight: 5,
      connection: 6,
      remote: 7,
      readiness: 8,
      locked: 9,
      source: 10,
      local: 11,
      interrupted: 130,
      terminated: 143,
    });
  });

  it('follow from the family of a code', () => {
    expect(new WireOfflineError('CONFIG_INVALID', { message: 'x' }).exitCode).toBe(3);
    expect(new WireOfflineError('INTERRUPTED', { message: 'x' }).exitCode).toBe(130);
  });

  it('are never that of success for an error', () => {
    const statuses = Object.values(errorFamilies).map((family) => exitCodes[family]);
    expect(statuses).not.toContain(0);
  });
});

describe('an error', () => {
  it('keeps what caused it', () => {
    const cause = new Error('disk');
    expect(new WireOfflineError('OUTPUT_FAILED', { message: 'x', cause }).cause).toBe(cause);
  });

  it('passes through as it is when it is one of ours', () => {
    const error = new WireOfflineError('USAGE_INVALID', { message: 'x' });
    expect(toWireOfflineError(error)).toBe(error);
  });

  it('is unexpected, with its cause, when it is a defect', () => {
    const cause = new TypeError('undefined is not a function');
    expect(toWireOfflineError(cause)).toMatchObject({ code: 'UNEXPECTED', exitCode: 1, cause });
    expect(toWireOfflineError('text')).toMatchObject({ code: 'UNEXPECTED', message: 'text' });
  });
});

describe('a system error', () => {
  it('is told by its code, never by its words', () => {
    const absent = Object.assign(new Error('any words'), { code: 'ENOENT' });
    expect(hasSystemCode(absent, 'EACCES', 'ENOENT')).toBe(true);
    expect(hasSystemCode(absent, 'EACCES')).toBe(false);
    expect(hasSystemCode(new Error('ENOENT'), 'ENOENT')).toBe(false);
  });
});
