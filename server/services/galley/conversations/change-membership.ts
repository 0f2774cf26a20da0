import type { MembershipUpdate } from '../endpoints/membership.js';
import type { Act, GalleyTools } from '../tools.js';
import { announce, happeningNow } from './announce.js';
import { withMember, type Member } from './conversation.js';
import { eventOf } from './events.js';
import { requireMember } from './permit.js';

/** Changes what only the user sees of their membership, and tells their other clients. */
export async function changeMembership(
  tools: GalleyTools,
  { id, update }: { readonly id: string; readonly update: MembershipUpdate },
  act: Act,
): Promise<void> {
  const { user } = act.identity;
  await tools.store.change(id, (current) => {
    const { conversation, self } = requireMember(current, user);
    return withMember(conversation, updated(self, update));
  });
  const given = Object.entries(update).filter(([, value]) => value !== null);
  const event = eventOf(happeningNow(tools, act, id), 'member-update', {
    target: user,
    qualified_target: { domain: tools.domain, id: user },
    ...Object.fromEntries(given),
  });
  await announce(tools, act, [{ event, to: [user] }]);
}

function updated(self: Member, update: MembershipUpdate): Member {
  return {
    ...self,
    mutedStatus: update.otr_muted_status ?? self.mutedStatus,
    mutedRef: update.otr_muted_ref ?? self.mutedRef,
    archived: update.otr_archived ?? self.archived,
    archivedRef: update.otr_archived_ref ?? self.archivedRef,
    hidden: update.hidden ?? self.hidden,
    hiddenRef: update.hidden_ref ?? self.hiddenRef,
  };
}
