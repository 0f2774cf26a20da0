import { createHash } from 'node:crypto';
import { ApiError } from '../../http/api-error.js';
import { emailKey, type Account } from './accounts.js';
import type { BrigTools } from './brig-tools.js';
import { invalidCredentials, pendingActivation, suspended, tooManyFailedLogins } from './errors.js';
import { isPassword } from './password.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * The account that an address and a password open. Unknown addresses take as long and are throttled as known ones.
 *
 * @throws {ApiError} invalid-credentials, pending-activation, suspended, or too many failed logins.
 */
export async function authenticate(
  { accounts, failedLogins }: BrigTools,
  { email, password }: Credentials,
): Promise<Account> {
  const subject = createHash('sha256').update(emailKey(email)).digest('base64url');
  const waitSeconds = await failedLogins.waitSeconds(subject);
  if (waitSeconds > 0)
    throw new ApiError(tooManyFailedLogins, { headers: { 'retry-after': String(waitSeconds) } });
  const account = await accounts.byEmail(email);
  const isRight = await isPassword(password, account?.password);
  if (account === undefined || !isRight || account.status === 'deleted') {
    await failedLogins.add(subject);
    throw new ApiError(invalidCredentials);
  }
  await failedLogins.clear(subject);
  if (account.status === 'suspended') throw new ApiError(suspended);
  if (!account.activated) throw new ApiError(pendingActivation);
  return account;
}

/** @throws {ApiError} invalid-credentials where it is not the user's password. */
export async function reauthenticate(
  { accounts, failedLogins }: BrigTools,
  user: string,
  password: string,
): Promise<void> {
  const waitSeconds = await failedLogins.waitSeconds(user);
  if (waitSeconds > 0)
    throw new ApiError(tooManyFailedLogins, { headers: { 'retry-after': String(waitSeconds) } });
  const account = await accounts.byId(user);
  if (await isPassword(password, account?.password)) return;
  await failedLogins.add(user);
  throw new ApiError(invalidCredentials);
}
