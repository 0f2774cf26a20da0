import { describe, expect, it } from '@jest/globals';
import { judgeFile, judgeLibrary, libraryOf } from '../../house/judge.js';

describe('the rules of the house', () => {
  it.each([
    ['cli/commands/push.ts', 'cli/sources/http.ts'],
    ['cli/ui/tasks.ts', 'cli/commands/docs.ts'],
    ['cli/bundle/reader.ts', 'cli/sources/http.ts'],
    ['cli/program.ts', 'cli/main.ts'],
    ['cli/config/settings.ts', 'server/http/uws-app.ts'],
    ['server/http/uws-app.ts', 'cli/errors.ts'],
    ['server/contract/services.ts', 'server/http/uws-app.ts'],
    ['cli/errors.ts', 'test/helpers/cli.ts'],
  ])('forbid %s to import %s', (from, to) => {
    expect(judgeFile(from, to)).toMatch(/may not import/);
  });

  it.each([
    ['cli/actions/bundle.ts', 'cli/sources/http.ts'],
    ['cli/commands/push.ts', 'cli/actions/push.ts'],
    ['cli/startup/order.ts', 'server/contract/services.ts'],
    ['server/main.ts', 'server/contract/services.ts'],
    ['test/e2e/01-first-steps.test.ts', 'cli/errors.ts'],
  ])('let %s import %s', (from, to) => {
    expect(judgeFile(from, to)).toBeUndefined();
  });

  it('let a library in by its one door only', () => {
    expect(judgeLibrary('cli/commands/version.ts', 'listr2')).toMatch(/imported in/);
    expect(judgeLibrary('cli/ui/tasks.ts', 'listr2')).toBeUndefined();
    expect(judgeLibrary('cli/signing/keys.ts', 'node:child_process')).toMatch(/imported in/);
  });

  it('know a library by any of its paths', () => {
    expect(libraryOf('zod/v4')).toBe('zod');
    expect(libraryOf('@scope/name/part')).toBe('@scope/name');
    expect(libraryOf('http')).toBe('node:http');
    expect(libraryOf('../digest.js')).toBeUndefined();
  });
});
