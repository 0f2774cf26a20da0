import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import type { BrigTools } from '../brig-tools.js';
import type { Client } from '../clients.js';
import {
  getUserClient,
  getUserClients,
  getUserPrekey,
  getUserPrekeys,
  postListClients,
  postListPrekeys,
} from '../endpoints/clients.js';
import { clientNotFound, federationNotEnabled } from '../errors.js';
import type { Prekey } from '../prekeys.js';

/** The clients of other users, and their prekeys. */
export function prekeyRoutes(tools: BrigTools): readonly Route[] {
  const { clients, prekeys, config } = tools;
  const here = config.WIRE_DOMAIN;
  return [
    route(getUserClients, async ({ params }) => {
      requireHere(params.domain, here);
      return { status: 200, body: (await clients.list(params.usr)).map(publicJson) };
    }),
    route(getUserClient, async ({ params }) => {
      requireHere(params.domain, here);
      const client = await clients.byId(params.usr, params.client);
      if (client === undefined) throw new ApiError(clientNotFound);
      return { status: 200, body: publicJson(client) };
    }),
    route(getUserPrekeys, async ({ params: { domain, usr } }) => {
      requireHere(domain, here);
      const claims = (await clients.list(usr)).map(async ({ id }) => {
        const prekey = await prekeys.claim(usr, id);
        return prekey === undefined ? [] : [{ client: id, prekey }];
      });
      return { status: 200, body: { user: usr, clients: (await Promise.all(claims)).flat() } };
    }),
    route(getUserPrekey, async ({ params: { domain, usr, client } }) => {
      requireHere(domain, here);
      const prekey = await prekeys.claim(usr, client);
      if (prekey === undefined) throw new ApiError(clientNotFound);
      return { status: 200, body: { client, prekey } };
    }),
    route(postListClients, async ({ body }) => {
      const map: Record<string, ReturnType<typeof publicJson>[]> = {};
      await Promise.all(
        body.qualified_users.map(async ({ domain, id }) => {
          requireHere(domain, here);
          map[id] = (await clients.list(id)).map(publicJson);
        }),
      );
      return { status: 200, body: { qualified_user_map: { [here]: map } } };
    }),
    route(postListPrekeys, async ({ body }) => {
      const claimed: Record<string, Record<string, Prekey | null>> = {};
      for (const [domain, users] of Object.entries(body)) {
        requireHere(domain, here);
        for (const [user, ids] of Object.entries(users)) {
          const claims = ids.map(
            async (id) => [id, (await prekeys.claim(user, id)) ?? null] as const,
          );
          claimed[user] = Object.fromEntries(await Promise.all(claims));
        }
      }
      return { status: 200, body: { qualified_user_client_prekeys: { [here]: claimed } } };
    }),
  ];
}

/** @throws {ApiError} for another backend: there is no federator. */
function requireHere(domain: string, here: string): void {
  if (domain !== here) throw new ApiError(federationNotEnabled);
}

function publicJson(client: Client) {
  return { id: client.id, ...(client.class !== undefined && { class: client.class }) };
}
