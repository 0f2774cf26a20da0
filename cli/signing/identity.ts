import { WireOfflineError } from '../errors.js';

/**
 * A signer's name: it becomes a file's name and a principal of `allowed_signers`, where `*`, `?`, `!` and `,` have
 * a meaning. Lower case only, so that no two differ by case alone.
 */
const identity = /^[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?$/;

/** What an identity is, in words. */
export const identityRule =
  'at most 64 of a-z, 0-9, ".", "_", "@" and "-", a letter or digit first and last, not ending in .pub';

export function isIdentity(text: string): boolean {
  return identity.test(text) && !text.endsWith('.pub');
}

/**
 * Refuses what is not an identity.
 *
 * @throws {WireOfflineError} USAGE_INVALID
 */
export function assertIdentity(text: string): void {
  if (isIdentity(text)) return;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `identity: expected ${identityRule}, got ${JSON.stringify(text.slice(0, 80))}`,
    hint: 'name the person or machine that holds the key, such as: --identity alice',
  });
}
