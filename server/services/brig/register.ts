import { randomUUID } from 'node:crypto';
import { ApiError } from '../../http/api-error.js';
import type { BodyOf, CallContext } from '../../http/endpoint.js';
import { selfConversationEndpoint } from '../../internal-api/galley.js';
import type { Account } from './accounts.js';
import type { BrigTools } from './brig-tools.js';
import { codeKey } from './codes.js';
import type { postRegister } from './endpoints/account.js';
import { creationRestricted, invalidCode, invalidInvitation, keyExists } from './errors.js';
import { hashPassword } from './password.js';
import { mailCode } from './activation.js';

type Wanted = BodyOf<typeof postRegister>;

/** How long an account without an address lives, unless it says less. Source: backend-api 3.1. */
const ephemeralSeconds = 604_800;

/**
 * Makes an account: active at once with a code that proves its address, else waiting for one.
 *
 * @throws {ApiError} key-exists where somebody has the address: of two who ask at once, exactly one gets it.
 */
export async function register(
  tools: BrigTools,
  wanted: Wanted,
  context: CallContext,
): Promise<Account> {
  const { accounts, config } = tools;
  refuseTeams(wanted);
  if (config.USER_CREATION === 'restricted') throw new ApiError(creationRestricted);
  const isProven = await isAddressProven(tools, wanted);
  const account = await newAccount(tools, wanted, isProven);
  await claimAddress(tools, account);
  const isEphemeral = account.status === 'ephemeral';
  const lifeSeconds = wanted.expires_in ?? ephemeralSeconds;
  await accounts.insert(account, isEphemeral ? lifeSeconds : 0);
  // The claim was for a while, in case that this process dies before the account is there.
  if (isProven && account.email !== undefined)
    await accounts.claimEmail({ email: account.email, user: account.id, ttlSeconds: 0 });
  await tools.galley.call(selfConversationEndpoint, { params: { user: account.id } }, context);
  if (account.email !== undefined && !isProven)
    await mailCode(tools, account.email).catch((error: unknown) => {
      // The account is there; its user can ask for the code again.
      context.log.error({ err: error }, 'could not mail an activation code');
    });
  return account;
}

function refuseTeams(wanted: Wanted): void {
  if (wanted.invitation_code !== undefined || wanted.team_code !== undefined)
    throw new ApiError(invalidInvitation);
  if (wanted.team !== undefined) throw new ApiError(creationRestricted);
}

async function isAddressProven({ codes }: BrigTools, wanted: Wanted): Promise<boolean> {
  const { email, email_code } = wanted;
  if (email === undefined || email_code === undefined) return false;
  if ((await codes.redeem(codeKey(email), email_code)) === undefined)
    throw new ApiError(invalidCode);
  return true;
}

async function newAccount(
  { clock }: BrigTools,
  wanted: Wanted,
  isProven: boolean,
): Promise<Account> {
  const now = clock.nowMs();
  const isEphemeral = wanted.email === undefined;
  const { password } = wanted;
  return {
    id: randomUUID(),
    name: wanted.name,
    email: wanted.email,
    handle: undefined,
    password: password === undefined ? undefined : await hashPassword(password),
    accent_id: wanted.accent_id,
    assets: JSON.stringify(wanted.assets),
    locale: wanted.locale,
    text_status: undefined,
    status: isEphemeral ? 'ephemeral' : 'active',
    activated: isEphemeral || isProven,
    team: undefined,
    managed_by: 'wire',
    supported_protocols: [...new Set(wanted.supported_protocols)],
    searchable: true,
    created_at: now,
    expires_at: isEphemeral ? now + (wanted.expires_in ?? ephemeralSeconds) * 1000 : undefined,
  };
}

async function claimAddress({ accounts, config }: BrigTools, account: Account): Promise<void> {
  const { email, id: user, activated } = account;
  if (email === undefined) return;
  const ttlSeconds = config.ACTIVATION_SECONDS;
  if (await accounts.claimEmail({ email, user, ttlSeconds })) return;
  const holder = await accounts.byEmail(email);
  // Who proves an address takes it from who only said that it is theirs.
  const instead = activated && holder?.activated === false ? holder.id : undefined;
  const isTaken =
    instead !== undefined && (await accounts.claimEmail({ email, user, ttlSeconds, instead }));
  if (!isTaken) throw new ApiError(keyExists);
}
