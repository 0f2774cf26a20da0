import { route, type Route } from '../../../http/route.js';
import { createGroup, createSelfConversation } from '../conversations/create.js';
import type { Conversation } from '../conversations/conversation.js';
import { listConversations, listIds } from '../conversations/list.js';
import { requireAccess } from '../conversations/permit.js';
import { viewOf } from '../conversations/view.js';
import {
  getConversation,
  postConversation,
  postList,
  postListIds,
  postSelfConversation,
} from '../endpoints/conversations.js';
import type { ConversationView } from '../endpoints/views.js';
import { requireLocal, type GalleyTools } from '../tools.js';

/** Making and reading conversations. */
export function conversationRoutes(tools: GalleyTools): readonly Route[] {
  const { domain, store } = tools;
  return [
    route(postConversation, async ({ body, ...act }) => {
      const conversation = await createGroup(tools, body, act);
      const view = { ...ownView(conversation, act.identity.user, domain), failed_to_add: [] };
      return { status: 201, headers: { location: conversation.id }, body: view };
    }),
    route(getConversation, async ({ params, identity: { user } }) => {
      requireLocal(tools, params.cnv_domain);
      const { conversation } = requireAccess(await store.find(params.cnv), user);
      return { status: 200, body: ownView(conversation, user, domain) };
    }),
    route(postListIds, async ({ body, identity: { user } }) => {
      const pagingState = body.paging_state ?? undefined;
      const page = await listIds(tools, user, { size: body.size, pagingState });
      const list = {
        qualified_conversations: page.ids.map((id) => ({ domain, id })),
        has_more: page.hasMore,
        paging_state: page.pagingState,
      };
      return { status: 200, body: list };
    }),
    route(postList, async ({ body, identity: { user } }) => {
      const { found, notFound, failed } = await listConversations(tools, user, body.qualified_ids);
      return { status: 200, body: { found, not_found: notFound, failed } };
    }),
    route(postSelfConversation, async ({ identity: { user } }) => {
      const { conversation, isNew } = await createSelfConversation(tools, user);
      const view = ownView(conversation, user, domain);
      return { status: isNew ? 201 : 200, headers: { location: user }, body: view };
    }),
  ];
}

function ownView(conversation: Conversation, user: string, domain: string): ConversationView {
  const view = viewOf(conversation, { user, domain });
  if (view === undefined) throw new TypeError(`${user} is no member of ${conversation.id}`);
  return view;
}
