import type { Act, GalleyTools } from '../tools.js';
import { announce, announceCreation, happeningNow } from './announce.js';
import { newMember, withMembers, withoutMembers, type Conversation } from './conversation.js';
import { connectRequestEvent, memberJoinEvent } from './events.js';
import { one2oneId } from './one2one-id.js';

/** Someone asks someone for a connection. */
export interface ConnectRequest {
  readonly from: string;
  readonly to: string;
  /** Of the one who asks. */
  readonly name: string;
}

/**
 * The conversation of two people, which begins with the one who asks in it. Both asking at once find the same one.
 * Source: backend-api 4.1.
 */
export async function openConnection(
  tools: GalleyTools,
  { from, to, name }: ConnectRequest,
  act: Act,
): Promise<string> {
  const conversation: Conversation = {
    id: one2oneId(from, to),
    type: 'connect',
    creator: from,
    access: ['private'],
    accessRoles: [],
    members: [newMember(from, 'wire_admin')],
  };
  if (await tools.store.create(conversation)) {
    await announceCreation(tools, act, conversation);
    const happening = happeningNow(tools, act, conversation.id);
    const event = connectRequestEvent(happening, { recipient: to, name });
    await announce(tools, act, [{ event, to: [from] }]);
  }
  return conversation.id;
}

/** Lets the acting user in; with both in it, it is a 1:1 conversation. False where there is none. */
export async function joinConnection(tools: GalleyTools, id: string, act: Act): Promise<boolean> {
  const { user } = act.identity;
  const found = { is: false };
  const changed = await tools.store.change(id, (current) => {
    found.is = isOfTwo(current);
    if (!isOfTwo(current)) return undefined;
    const joined = withMembers(current, [newMember(user, 'wire_admin')]);
    const after = { ...joined, type: joined.members.length > 1 ? 'one2one' : joined.type } as const;
    const isSame = after.type === current.type && joined.members.length === current.members.length;
    return isSame ? undefined : after;
  });
  const { before, after } = changed ?? {};
  if (after !== undefined && before?.members.length !== after.members.length) {
    const joined = after.members.filter((member) => member.user === user);
    const event = memberJoinEvent(happeningNow(tools, act, id), joined);
    await announce(tools, act, [{ event, to: after.members.map((member) => member.user) }]);
  }
  return found.is;
}

/** Takes the acting user out, so that nothing reaches them; nobody is told. False where there is none. */
export async function leaveConnection(tools: GalleyTools, id: string, act: Act): Promise<boolean> {
  const { user } = act.identity;
  const found = { is: false };
  await tools.store.change(id, (current) => {
    found.is = isOfTwo(current);
    if (!isOfTwo(current)) return undefined;
    const after = withoutMembers(current, [user]);
    return after.members.length < current.members.length ? after : undefined;
  });
  return found.is;
}

function isOfTwo(current: Conversation | undefined): current is Conversation {
  return current?.type === 'connect' || current?.type === 'one2one';
}
