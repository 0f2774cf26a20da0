import type { z } from 'zod';
import { nameSchema } from '../bundle/names.js';
import { WireOfflineError } from '../errors.js';
import { describeIssue } from '../input/issues.js';
import { domainSchema, userSchema } from './fields.js';

/** What a new island file needs to be told, by the names of its options. */
export interface IslandIdentity {
  readonly name: string;
  readonly domain: string;
  readonly user: string;
}

const schemas: Readonly<Record<keyof IslandIdentity, z.ZodType<string>>> = {
  name: nameSchema,
  domain: domainSchema,
  user: userSchema,
};

/** @throws {WireOfflineError} USAGE_INVALID naming the option that no island file could say */
export function checkIdentity(identity: IslandIdentity): void {
  for (const option of ['name', 'domain', 'user'] as const) {
    const [issue] = schemas[option].safeParse(identity[option]).error?.issues ?? [];
    if (issue === undefined) continue;
    const [description] = describeIssue(issue, identity[option]);
    throw new WireOfflineError('USAGE_INVALID', {
      message: `--${option}: expected ${description?.expected ?? ''}, got ${description?.got ?? ''}`,
      hint: 'see: wire-offline docs island',
    });
  }
}
