import { route, type Route } from '../../../http/route.js';
import {
  addMembers,
  changeRole,
  removeMember,
  replaceMembers,
} from '../conversations/change-members.js';
import { deleteMember, postMembers, putMember, putMembers } from '../endpoints/members.js';
import { requireLocal, type GalleyTools } from '../tools.js';
import { eventReply } from './event-reply.js';

/** Who is in a group. */
export function memberRoutes(tools: GalleyTools): readonly Route[] {
  return [
    route(postMembers, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      const { qualified_users: users, conversation_role: role } = body;
      return eventReply(await addMembers(tools, { conversation: params.cnv, users, role }, act));
    }),
    route(putMembers, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      const { qualified_users: users, conversation_role: role } = body;
      await replaceMembers(tools, { conversation: params.cnv, users, role }, act);
      return { status: 200 };
    }),
    route(deleteMember, async ({ params, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      requireLocal(tools, params.usr_domain);
      const leaving = { conversation: params.cnv, member: params.usr };
      return eventReply(await removeMember(tools, leaving, act));
    }),
    route(putMember, async ({ params, body, ...act }) => {
      requireLocal(tools, params.cnv_domain);
      requireLocal(tools, params.usr_domain);
      const role = body.conversation_role;
      await changeRole(tools, { conversation: params.cnv, user: params.usr, role }, act);
      return { status: 200 };
    }),
  ];
}
