/** What a conversation is to the clients, by the numbers that they use. Source: backend-api 3.6. */
export const conversationTypes = { group: 0, self: 1, one2one: 2, connect: 3 } as const;

export type ConversationType = keyof typeof conversationTypes;

export const accessModes = ['private', 'invite', 'link', 'code'] as const;

/** How people get into a conversation. */
export type Access = (typeof accessModes)[number];

export const accessRoles = ['team_member', 'non_team_member', 'guest', 'service'] as const;

/** Who may be in a conversation. */
export type AccessRole = (typeof accessRoles)[number];

export const conversationRoles = ['wire_admin', 'wire_member'] as const;

/** What a member may do. */
export type ConversationRole = (typeof conversationRoles)[number];

/** Most members that a conversation may have. */
export const maxMembers = 500;

/** A member, with what only they see of their membership. */
export interface Member {
  readonly user: string;
  readonly role: ConversationRole;
  readonly mutedStatus?: number | undefined;
  readonly mutedRef?: string | undefined;
  readonly archived: boolean;
  readonly archivedRef?: string | undefined;
  readonly hidden: boolean;
  readonly hiddenRef?: string | undefined;
}

/** A conversation at one revision. */
export interface Conversation {
  readonly id: string;
  readonly type: ConversationType;
  readonly creator: string;
  readonly name?: string | undefined;
  readonly access: readonly Access[];
  readonly accessRoles: readonly AccessRole[];
  readonly messageTimerMs?: number | undefined;
  readonly receiptMode?: number | undefined;
  readonly members: readonly Member[];
}

/** A member as they are when they join. */
export function newMember(user: string, role: ConversationRole): Member {
  return { user, role, archived: false, hidden: false };
}

/** The member that a user is, if they are one. */
export function memberOf({ members }: Conversation, user: string): Member | undefined {
  return members.find((member) => member.user === user);
}

/** The conversation with members joined to it; those who are there stay as they are. */
export function withMembers(conversation: Conversation, joining: readonly Member[]): Conversation {
  const fresh = joining.filter(({ user }) => memberOf(conversation, user) === undefined);
  return { ...conversation, members: [...conversation.members, ...fresh] };
}

/** The conversation without some members. */
export function withoutMembers(conversation: Conversation, leaving: readonly string[]) {
  const gone = new Set(leaving);
  return {
    ...conversation,
    members: conversation.members.filter(({ user }) => !gone.has(user)),
  };
}

/** The conversation with one member changed. */
export function withMember(conversation: Conversation, changed: Member): Conversation {
  const members = conversation.members.map((member) =>
    member.user === changed.user ? changed : member,
  );
  return { ...conversation, members };
}
