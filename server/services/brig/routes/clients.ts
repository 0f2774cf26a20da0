import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import { listClientsEndpoint } from '../../../internal-api/brig.js';
import type { BrigTools } from '../brig-tools.js';
import { addClient, removeClient, updateClient } from '../client-changes.js';
import { clientJson } from '../clients.js';
import {
  deleteClient,
  getCapabilities,
  getClient,
  getClients,
  getPrekeyIds,
  postClients,
  putClient,
} from '../endpoints/clients.js';
import { clientNotFound, missingAuth } from '../errors.js';
import { reauthenticate } from '../login.js';

/** The clients of the user, and for other services those of any. */
export function clientRoutes(tools: BrigTools): readonly Route[] {
  const { clients, prekeys } = tools;
  return [
    route(postClients, async ({ body, identity, context }) => {
      const client = await addClient(tools, { wanted: body, identity }, context);
      return { status: 201, headers: { location: client.id }, body: clientJson(client) };
    }),
    route(getClients, async ({ identity }) => {
      const all = await clients.list(identity.user);
      return { status: 200, body: all.map(clientJson) };
    }),
    route(getClient, async ({ identity, params }) => {
      const client = await clients.byId(identity.user, params.client);
      return client === undefined ? { status: 404 } : { status: 200, body: clientJson(client) };
    }),
    route(getCapabilities, async ({ identity, params }) => {
      const client = await clients.byId(identity.user, params.client);
      if (client === undefined) throw new ApiError(clientNotFound);
      return { status: 200, body: client.capabilities };
    }),
    route(getPrekeyIds, async ({ identity, params }) => ({
      status: 200,
      body: await prekeys.ids(identity.user, params.client),
    })),
    route(putClient, async ({ identity, params, body, context }) => {
      await updateClient(tools, { user: identity.user, client: params.client }, body, context);
      return { status: 200 };
    }),
    route(deleteClient, async ({ identity, params, body, context }) => {
      const client = await clients.byId(identity.user, params.client);
      if (client === undefined) throw new ApiError(clientNotFound);
      if (client.type === 'permanent') {
        if (body.password === undefined) throw new ApiError(missingAuth);
        await reauthenticate(tools, identity.user, body.password);
      }
      await removeClient(tools, { identity, client: params.client }, context);
      return { status: 200 };
    }),
    route(listClientsEndpoint, async ({ body }) => {
      const lists = body.users.map(async (user) => {
        const all = await clients.list(user);
        return [user, all.map(({ id, capabilities }) => ({ id, capabilities }))] as const;
      });
      return { status: 200, body: { clients: Object.fromEntries(await Promise.all(lists)) } };
    }),
  ];
}
