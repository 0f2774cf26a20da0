import { ApiError } from '../../../http/api-error.js';
import { invalidOperation, noConversationMember } from '../endpoints/errors.js';
import type { QualifiedId } from '../../../api/ids.js';
import type { ConversationEvent } from '../endpoints/views.js';
import { requireLocal, type Act, type GalleyTools } from '../tools.js';
import { announce, happeningNow, type Announcement } from './announce.js';
import {
  memberOf,
  newMember,
  withMember,
  withMembers,
  withoutMembers,
  type Conversation,
  type ConversationRole,
  type Member,
} from './conversation.js';
import type { Changed } from './conversation-store.js';
import { memberJoinEvent, memberLeaveEvent, roleEvent } from './events.js';
import { requireGroupAction, requireInvites, requireRoom } from './permit.js';

/** People who are to be in a group. */
export interface Invitation {
  readonly conversation: string;
  readonly users: readonly QualifiedId[];
  readonly role: ConversationRole;
}

/** Adds members to a group; undefined where all of them are members. */
export async function addMembers(
  tools: GalleyTools,
  invitation: Invitation,
  act: Act,
): Promise<ConversationEvent | undefined> {
  const { user } = act.identity;
  const joining = await invited(tools, invitation, act);
  const changed = await tools.store.change(invitation.conversation, (current) => {
    const { conversation } = requireGroupAction(current, user, 'add_conversation_member');
    return joined(conversation, joining);
  });
  if (changed === undefined) return undefined;
  const announcements = announcementsOf(changed, { tools, act });
  await announce(tools, act, announcements);
  return announcements[0]?.event;
}

/** Makes those who are named, and the one who asks, all members that a group has. */
export async function replaceMembers(
  tools: GalleyTools,
  invitation: Invitation,
  act: Act,
): Promise<void> {
  const { user } = act.identity;
  const joining = await invited(tools, invitation, act);
  const staying = new Set([user, ...joining.map((member) => member.user)]);
  const changed = await tools.store.change(invitation.conversation, (current) => {
    const { conversation } = requireGroupAction(current, user, 'add_conversation_member');
    requireGroupAction(current, user, 'remove_conversation_member');
    const leaving = conversation.members.filter((member) => !staying.has(member.user));
    const smaller = withoutMembers(
      conversation,
      leaving.map((member) => member.user),
    );
    return joined(smaller, joining) ?? (leaving.length > 0 ? smaller : undefined);
  });
  if (changed !== undefined) await announce(tools, act, announcementsOf(changed, { tools, act }));
}

/** Removes a member from a group, who may be the one who asks; undefined where they are no member. */
export async function removeMember(
  tools: GalleyTools,
  { conversation: id, member }: { readonly conversation: string; readonly member: string },
  act: Act,
): Promise<ConversationEvent | undefined> {
  const { user } = act.identity;
  const action = member === user ? 'leave_conversation' : 'remove_conversation_member';
  const changed = await tools.store.change(id, (current) => {
    const { conversation } = requireGroupAction(current, user, action);
    const isThere = memberOf(conversation, member) !== undefined;
    return isThere ? withoutMembers(conversation, [member]) : undefined;
  });
  if (changed === undefined) return undefined;
  const announcements = announcementsOf(changed, { tools, act });
  await announce(tools, act, announcements);
  return announcements[0]?.event;
}

/** Gives another member a role. */
export async function changeRole(
  tools: GalleyTools,
  target: { readonly conversation: string; readonly user: string; readonly role: ConversationRole },
  act: Act,
): Promise<void> {
  const { user } = act.identity;
  const changed = await tools.store.change(target.conversation, (current) => {
    const action = 'modify_other_conversation_member';
    const { conversation } = requireGroupAction(current, user, action);
    if (target.user === user) throw new ApiError(invalidOperation, { message: 'Invalid target' });
    const member = memberOf(conversation, target.user);
    if (member === undefined) throw new ApiError(noConversationMember);
    if (member.role === target.role) return undefined;
    return withMember(conversation, { ...member, role: target.role });
  });
  if (changed === undefined) return;
  const event = roleEvent(happeningNow(tools, act, target.conversation), target);
  await announce(tools, act, [{ event, to: usersOf(changed.after) }]);
}

/** Those of an invitation who may join: everyone who is no member yet has to be connected with the one who asks. */
async function invited(
  tools: GalleyTools,
  { conversation: id, users, role }: Invitation,
  { identity: { user }, context }: Act,
): Promise<readonly Member[]> {
  for (const { domain } of users) requireLocal(tools, domain);
  const named = new Set(users.map((qualified) => qualified.id));
  named.delete(user);
  const current = await tools.store.find(id);
  const { conversation } = requireGroupAction(current, user, 'add_conversation_member');
  const strangers = [...named].filter((one) => memberOf(conversation, one) === undefined);
  requireRoom({ members: strangers.map((one) => newMember(one, role)) });
  await tools.people.requireConnected(user, strangers, context);
  return [...named].map((one) => newMember(one, role));
}

/** The group with those who join; undefined where all of them are members. */
function joined(conversation: Conversation, joining: readonly Member[]): Conversation | undefined {
  const after = withMembers(conversation, joining);
  if (after.members.length === conversation.members.length) return undefined;
  requireInvites(conversation);
  requireRoom(after);
  return after;
}

/** Who came and who went, for everyone who is in the group or was. */
function announcementsOf(
  { before, after }: Changed,
  { tools, act }: { readonly tools: GalleyTools; readonly act: Act },
): readonly Announcement[] {
  const happening = happeningNow(tools, act, after.id);
  const wereThere = before?.members ?? [];
  const came = after.members.filter(({ user }) => !wereThere.some((old) => old.user === user));
  const went = wereThere.filter(({ user }) => memberOf(after, user) === undefined);
  const left = went.map(({ user }) => user);
  return [
    ...(came.length > 0 ? [{ event: memberJoinEvent(happening, came), to: usersOf(after) }] : []),
    ...(left.length > 0
      ? [{ event: memberLeaveEvent(happening, left), to: [...usersOf(after), ...left] }]
      : []),
  ];
}

function usersOf({ members }: Conversation): readonly string[] {
  return members.map(({ user }) => user);
}
