import { describe, expect, it } from '@jest/globals';
import { WireOfflineError } from '../../../../cli/errors.js';
import { errorText } from '../../../../cli/ui/error-text.js';

const error = new WireOfflineError('CONFIG_INVALID', {
  message: 'x.yaml is not valid',
  problems: [{ where: 'x.yaml:1:2 a', expected: 'a number', got: '"\u001b[0m"' }],
  hint: 'mend it',
  cause: new Error('the reason'),
});
const plain = { format: 'text', color: false, verbose: false } as const;

describe('an error for a person', () => {
  it('says code, message, every problem and the hint, one a line', () => {
    expect(errorText(error, plain).split('\n')).toEqual([
      'error CONFIG_INVALID: x.yaml is not valid',
      '  x.yaml:1:2 a: expected a number, got "\\u{1b}[0m"',
      'hint: mend it',
      '',
    ]);
  });

  it('says the first of very many problems, how many more there are, and no empty place', () => {
    const problems = Array.from({ length: 30 }, () => ({ where: '', expected: 'x', got: 'y' }));
    const lines = errorText(
      new WireOfflineError('CONFIG_INVALID', { message: 'm', problems }),
      plain,
    );
    expect(lines.split('\n').slice(20)).toEqual(['  expected x, got y', '  and 10 more', '']);
  });

  it('tells its causes when asked for details', () => {
    expect(errorText(error, plain)).not.toContain('the reason');
    expect(errorText(error, { ...plain, verbose: true })).toContain('the reason');
  });

  it('is colored only where colors are wanted', () => {
    expect(errorText(error, plain)).not.toContain('\u001b');
    expect(errorText(error, { ...plain, color: true })).toContain('\u001b[31m');
  });
});

describe('an error for a program', () => {
  it('is one JSON object on one line', () => {
    const text = errorText(error, { ...plain, format: 'json' });
    expect(text.trimEnd()).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({
      type: 'error',
      code: 'CONFIG_INVALID',
      exitCode: 3,
      message: 'x.yaml is not valid',
      problems: [{ where: 'x.yaml:1:2 a', expected: 'a number', got: '"\u001b[0m"' }],
      hint: 'mend it',
    });
  });
});
