import { route, type Route } from '../../../http/route.js';
import {
  acceptEndpoint,
  blockEndpoint,
  connectEndpoint,
  selfConversationEndpoint,
} from '../../../internal-api/galley.js';
import { joinConnection, leaveConnection, openConnection } from '../conversations/connect.js';
import { createSelfConversation } from '../conversations/create.js';
import type { GalleyTools } from '../tools.js';

/** What brig asks for: conversations of new accounts and of connections. */
export function internalRoutes(tools: GalleyTools): readonly Route[] {
  return [
    route(selfConversationEndpoint, async ({ params }) => {
      await createSelfConversation(tools, params.user);
      return { status: 200 };
    }),
    route(connectEndpoint, async ({ body, context }) => {
      const identity = { user: body.from, connection: body.originConnection ?? '' };
      const conversation = await openConnection(tools, body, { identity, context });
      return { status: 200, body: { conversation } };
    }),
    route(acceptEndpoint, async ({ params, body, context }) => {
      const identity = { user: body.user, connection: body.originConnection ?? '' };
      const isThere = await joinConnection(tools, params.conversation, { identity, context });
      return { status: isThere ? 200 : 404 };
    }),
    route(blockEndpoint, async ({ params, body, context }) => {
      const identity = { user: body.user, connection: body.originConnection ?? '' };
      const isThere = await leaveConnection(tools, params.conversation, { identity, context });
      return { status: isThere ? 200 : 404 };
    }),
  ];
}
