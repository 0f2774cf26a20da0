import { ApiError } from '../../../http/api-error.js';
import { badRequest } from '../../../http/common-errors.js';
import { route, type Route } from '../../../http/route.js';
import { connectedEndpoint, contactsEndpoint } from '../../../internal-api/brig.js';
import { uuid } from '../../../api/ids.js';
import type { BrigTools } from '../brig-tools.js';
import { connect, connectionJson, updateConnection } from '../connect.js';
import {
  getConnection,
  postConnection,
  postListConnections,
  putConnection,
} from '../endpoints/connections.js';
import { federationNotEnabled } from '../errors.js';

/** Connections between users. */
export function connectionRoutes(tools: BrigTools): readonly Route[] {
  const { connections, config } = tools;
  const here = config.WIRE_DOMAIN;
  const requireHere = (domain: string) => {
    if (domain !== here) throw new ApiError(federationNotEnabled);
  };
  return [
    route(postConnection, async ({ identity, params, context }) => {
      requireHere(params.domain);
      const { connection, isNew } = await connect(tools, { identity, other: params.usr }, context);
      const body = connectionJson(identity.user, connection, here);
      return isNew ? { status: 201, body } : { status: 200, body };
    }),
    route(putConnection, async ({ identity, params, body, context }) => {
      requireHere(params.domain);
      const wish = { identity, other: params.usr, status: body.status };
      const connection = await updateConnection(tools, wish, context);
      if (connection === undefined) return { status: 204 };
      return { status: 200, body: connectionJson(identity.user, connection, here) };
    }),
    route(getConnection, async ({ identity, params }) => {
      const side = { user: identity.user, other: params.usr };
      const own = params.domain === here ? await connections.side(side) : undefined;
      if (own === undefined) return { status: 404 };
      return { status: 200, body: connectionJson(identity.user, own, here) };
    }),
    route(postListConnections, async ({ identity, body }) => {
      const { user } = identity;
      const rows = await connections.after(user, positionOf(body.paging_state), body.size + 1);
      const page = rows.slice(0, body.size);
      const last = page.at(-1)?.other ?? lowest;
      return {
        status: 200,
        body: {
          connections: page.map((row) => connectionJson(user, row, here)),
          has_more: rows.length > page.length,
          paging_state: Buffer.from(last).toString('base64url'),
        },
      };
    }),
    route(connectedEndpoint, async ({ params, body }) => {
      const contacts = new Set(await connections.contacts(params.user));
      return { status: 200, body: { users: body.users.filter((id) => contacts.has(id)) } };
    }),
    route(contactsEndpoint, async ({ params }) => ({
      status: 200,
      body: { users: await connections.contacts(params.user) },
    })),
  ];
}

const lowest = '00000000-0000-0000-0000-000000000000';

/** The user behind whom a page starts. */
function positionOf(pagingState: string | null | undefined): string {
  if (pagingState === undefined || pagingState === null) return lowest;
  const parsed = uuid.safeParse(Buffer.from(pagingState, 'base64url').toString());
  if (!parsed.success) throw new ApiError(badRequest, { message: 'Invalid paging state' });
  return parsed.data;
}
