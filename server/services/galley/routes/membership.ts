import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import { announce, happeningNow } from '../conversations/announce.js';
import { changeMembership } from '../conversations/change-membership.js';
import { conversationRoles } from '../conversations/conversation.js';
import { eventOf } from '../conversations/events.js';
import { requireAccess, requireMember } from '../conversations/permit.js';
import { actionsOf } from '../conversations/roles.js';
import { selfViewOf } from '../conversations/view.js';
import { noConversation } from '../endpoints/errors.js';
import { getMembership, getRoles, postTyping, putMembership } from '../endpoints/membership.js';
import { requireLocal, type GalleyTools } from '../tools.js';

/** What a member sees and does for themselves. */
export function membershipRoutes(tools: GalleyTools): readonly Route[] {
  const { store, domain } = tools;
  return [
    route(getMembership, async ({ params, identity: { user } }) => {
      requireLocal(tools, params.cnv_domain);
      const { self } = requireMember(await store.find(params.cnv), user);
      return { status: 200, body: selfViewOf(self, domain) };
    }),
    route(putMembership, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      await changeMembership(tools, { id: params.cnv, update: body }, act);
      return { status: 200 };
    }),
    route(postTyping, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      const { user } = act.identity;
      const participants = await store.participants(params.cnv);
      if (participants?.users.includes(user) !== true) throw new ApiError(noConversation);
      const event = eventOf(happeningNow(tools, act, params.cnv), 'typing', body);
      const to = participants.users.filter((other) => other !== user);
      await announce(tools, act, [{ event, to, transient: true }]);
      return { status: 200 };
    }),
    route(getRoles, async ({ params, identity: { user } }) => {
      requireAccess(await store.find(params.cnv), user);
      const roles = conversationRoles.map((role) => ({
        conversation_role: role,
        actions: [...actionsOf[role]],
      }));
      return { status: 200, body: { conversation_roles: roles } };
    }),
  ];
}
