import { ApiError } from '../../http/api-error.js';
import type { CallContext } from '../../http/endpoint.js';
import type { Account } from './accounts.js';
import type { BrigTools } from './brig-tools.js';
import { codeKey } from './codes.js';
import { invalidCode } from './errors.js';
import { toSelfProfile } from './profile.js';

/** Mails an address its activation code. */
export async function mailCode({ codes, mailer, config }: BrigTools, email: string): Promise<void> {
  const { key, code } = await codes.issue(email);
  const link = `${config.ACCOUNT_URL}/verify/?key=${key}&code=${code}`;
  await mailer.send({
    to: email,
    subject: `${code} is your Wire verification code`,
    text: `${code} is your Wire verification code.\n\nOr open this link:\n${link}\n`,
  });
}

export interface ActivationProof {
  readonly key: string;
  readonly code: string;
  /** Only says whether the code is right. */
  readonly isDryRun: boolean;
}

/**
 * Activates the account that has the address of a code. Undefined where it was active before.
 *
 * @throws {ApiError} invalid-code
 */
export async function activate(
  tools: BrigTools,
  proof: ActivationProof,
  context: CallContext,
): Promise<{ email: string; first: boolean } | undefined> {
  const email = await tools.codes.redeem(proof.key, proof.code);
  if (email === undefined) throw new ApiError(invalidCode);
  const account = await tools.accounts.byEmail(email);
  if (proof.isDryRun) return { email, first: account?.activated !== true };
  if (account === undefined) throw new ApiError(invalidCode);
  if (account.activated) return undefined;
  await makeActive(tools, { account, email }, context);
  return { email, first: true };
}

async function makeActive(
  { accounts, events, config }: BrigTools,
  { account, email }: { readonly account: Account; readonly email: string },
  context: CallContext,
): Promise<void> {
  // The address is the account's for ever before it counts as active, or its claim could end.
  const isClaimed = await accounts.claimEmail({ email, user: account.id, ttlSeconds: 0 });
  if (!isClaimed) throw new ApiError(invalidCode);
  await accounts.activate(account.id);
  const user = toSelfProfile({ ...account, activated: true }, config.WIRE_DOMAIN);
  await events.tell([account.id], { type: 'user.activate', user }, context);
}

/** The key that a request names, or that of its address. */
export function keyOf(given: {
  readonly key?: string | undefined;
  readonly email?: string | undefined;
}): string {
  const key = given.key ?? (given.email === undefined ? undefined : codeKey(given.email));
  if (key === undefined) throw new ApiError(invalidCode);
  return key;
}
