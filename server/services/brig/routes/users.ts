import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import { listAccountsEndpoint } from '../../../internal-api/brig.js';
import type { Account } from '../accounts.js';
import type { BrigTools } from '../brig-tools.js';
import { getSupportedProtocols, getUser, postListUsers } from '../endpoints/users.js';
import { userNotFound } from '../errors.js';
import { toPublicProfile } from '../profile.js';

/** What users see of others. */
export function userRoutes({ accounts, config }: BrigTools): readonly Route[] {
  const here = config.WIRE_DOMAIN;
  const find = async (domain: string, id: string): Promise<Account> => {
    const account = domain === here ? await accounts.byId(id) : undefined;
    if (account === undefined) throw new ApiError(userNotFound);
    return account;
  };
  return [
    route(getUser, async ({ params }) => ({
      status: 200,
      body: toPublicProfile(await find(params.domain, params.usr), here),
    })),
    route(getSupportedProtocols, async ({ params }) => ({
      status: 200,
      body: (await find(params.domain, params.usr)).supported_protocols,
    })),
    route(postListUsers, async ({ body }) => {
      const local = body.qualified_ids.filter(({ domain }) => domain === here);
      const failed = body.qualified_ids.filter(({ domain }) => domain !== here);
      const found = await accounts.byIds(local.map(({ id }) => id));
      const profiles = found.map((account) => toPublicProfile(account, here));
      return { status: 200, body: { found: profiles, ...(failed.length > 0 && { failed }) } };
    }),
    route(listAccountsEndpoint, async ({ body }) => {
      const users = (await accounts.byIds(body.users)).map(
        ({ id, name, status, activated, team }) => ({
          id,
          name,
          status,
          activated,
          ...(team !== undefined && { team }),
        }),
      );
      return { status: 200, body: { users } };
    }),
  ];
}
