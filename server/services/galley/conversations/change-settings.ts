import { ApiError } from '../../../http/api-error.js';
import { invalidOperation } from '../endpoints/errors.js';
import type { ConversationEvent } from '../endpoints/views.js';
import type { Act, GalleyTools } from '../tools.js';
import { announce, happeningNow } from './announce.js';
import type { Access, AccessRole, Conversation } from './conversation.js';
import { accessEvent, eventOf, type Happening } from './events.js';
import { requireGroupAction } from './permit.js';
import type { ConversationAction } from './roles.js';

/** A change of what a group is for all of its members. */
export interface SettingChange {
  readonly action: ConversationAction;
  /** The changed parts; undefined where they are as they should be. */
  change(conversation: Conversation): Partial<Conversation> | undefined;
  event(happening: Happening, after: Conversation): ConversationEvent;
}

/** Changes a setting of a group; undefined where it is so. */
export async function changeSetting(
  tools: GalleyTools,
  { id, setting }: { readonly id: string; readonly setting: SettingChange },
  act: Act,
): Promise<ConversationEvent | undefined> {
  const changed = await tools.store.change(id, (current) => {
    const { conversation } = requireGroupAction(current, act.identity.user, setting.action);
    const parts = setting.change(conversation);
    return parts === undefined ? undefined : { ...conversation, ...parts };
  });
  if (changed === undefined) return undefined;
  const event = setting.event(happeningNow(tools, act, id), changed.after);
  await announce(tools, act, [{ event, to: changed.after.members.map(({ user }) => user) }]);
  return event;
}

/** Another name. */
export function renaming(name: string): SettingChange {
  return {
    action: 'modify_conversation_name',
    change: (conversation) => (conversation.name === name ? undefined : { name }),
    event: (happening) => eventOf(happening, 'rename', { name }),
  };
}

/** Another life of messages. */
export function timing(timer: number | null): SettingChange {
  const messageTimerMs = timer ?? undefined;
  return {
    action: 'modify_conversation_message_timer',
    change: (conversation) =>
      conversation.messageTimerMs === messageTimerMs ? undefined : { messageTimerMs },
    event: (happening) => eventOf(happening, 'message-timer-update', { message_timer: timer }),
  };
}

/** Other rules of confirming what one reads. */
export function confirming(receiptMode: number): SettingChange {
  return {
    action: 'modify_conversation_receipt_mode',
    change: (conversation) =>
      conversation.receiptMode === receiptMode ? undefined : { receiptMode },
    event: (happening) => eventOf(happening, 'receipt-mode-update', { receipt_mode: receiptMode }),
  };
}

/** Other ways in. A group is never private, and without a team it needs room for people without one. */
export function opening(access: readonly Access[], accessRoles: readonly AccessRole[]) {
  return {
    action: 'modify_conversation_access',
    change(conversation) {
      if (access.includes('private') || !accessRoles.includes('non_team_member'))
        throw new ApiError(invalidOperation, { message: 'Invalid access' });
      const isSo =
        isSame(conversation.access, access) && isSame(conversation.accessRoles, accessRoles);
      return isSo ? undefined : { access, accessRoles };
    },
    event: (happening, after) => accessEvent(happening, after),
  } satisfies SettingChange;
}

/** Of sets in the one order that they have. */
function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.join() === other.join();
}
