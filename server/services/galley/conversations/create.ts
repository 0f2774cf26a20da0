import { randomUUID } from 'node:crypto';
import { ApiError } from '../../../http/api-error.js';
import type { NewConversation } from '../endpoints/conversations.js';
import { mlsNotEnabled, noTeamMember } from '../endpoints/errors.js';
import { requireLocal, type Act, type GalleyTools } from '../tools.js';
import { announceCreation } from './announce.js';
import { newMember, type Conversation } from './conversation.js';
import { requireRoom } from './permit.js';

/**
 * Makes a group of the user and people they are connected with.
 *
 * @throws {ApiError} not-connected, too-many-members, mls-not-enabled, no-team-member or federation-not-enabled.
 */
export async function createGroup(
  tools: GalleyTools,
  wanted: NewConversation,
  act: Act,
): Promise<Conversation> {
  const { user } = act.identity;
  if (wanted.protocol === 'mls') throw new ApiError(mlsNotEnabled);
  if (wanted.team !== undefined && wanted.team !== null) throw new ApiError(noTeamMember);
  for (const { domain } of wanted.qualified_users) requireLocal(tools, domain);
  const others = new Set(wanted.qualified_users.map(({ id }) => id));
  others.delete(user);
  const conversation = groupOf(wanted, { creator: user, others });
  requireRoom(conversation);
  await tools.people.requireConnected(user, [...others], act.context);
  await tools.store.create(conversation);
  await announceCreation(tools, act, conversation);
  return conversation;
}

function groupOf(
  wanted: NewConversation,
  { creator, others }: { readonly creator: string; readonly others: ReadonlySet<string> },
): Conversation {
  const members = [...others].map((user) => newMember(user, wanted.conversation_role));
  return {
    id: randomUUID(),
    type: 'group',
    creator,
    name: wanted.name ?? undefined,
    access: wanted.access,
    accessRoles: wanted.access_role,
    messageTimerMs: wanted.message_timer ?? undefined,
    receiptMode: wanted.receipt_mode ?? undefined,
    members: [newMember(creator, 'wire_admin'), ...members],
  };
}

/** The user's conversation with themselves, of which there is one: its id is the user's. */
export async function createSelfConversation(
  tools: Pick<GalleyTools, 'store'>,
  user: string,
): Promise<{ readonly conversation: Conversation; readonly isNew: boolean }> {
  const conversation: Conversation = {
    id: user,
    type: 'self',
    creator: user,
    access: ['private'],
    accessRoles: [],
    members: [newMember(user, 'wire_admin')],
  };
  const isNew = await tools.store.create(conversation);
  return { conversation: (await tools.store.find(user)) ?? conversation, isNew };
}
