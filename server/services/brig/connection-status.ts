/** How one user stands to another. Source: backend-api 4.1. */
export const connectionStatuses = [
  'accepted',
  'blocked',
  'pending',
  'ignored',
  'sent',
  'cancelled',
] as const;

export type ConnectionStatus = (typeof connectionStatuses)[number];

/** What a change makes of both sides; a side that is not named stays. */
export interface Transition {
  readonly own: ConnectionStatus;
  readonly other?: ConnectionStatus;
}

/** Both sides as they are; undefined where a side knows nothing yet. */
export interface Sides {
  readonly own: ConnectionStatus;
  readonly other: ConnectionStatus | undefined;
}

/**
 * What becomes of a connection when a user wants a status for their side; undefined where they may not have it.
 * Source: backend-api 4.1, transitions.
 */
export function transition(
  { own, other }: Sides,
  wanted: ConnectionStatus,
): Transition | undefined {
  switch (wanted) {
    case 'accepted':
      return accept({ own, other });
    case 'sent':
      return own === 'blocked' ? unblock(other) : undefined;
    case 'blocked':
      return { own: 'blocked' };
    case 'ignored':
      return own === 'pending' ? { own: 'ignored' } : undefined;
    case 'cancelled':
      return own === 'sent' ? { own: 'cancelled', ...withdrawn(other) } : undefined;
    case 'pending':
      return undefined;
  }
}

/** What becomes of a connection when a user asks for it again. */
export function again({ own, other }: Sides): Transition | undefined {
  if (own === 'blocked') return undefined;
  if (own === 'accepted') return { own };
  if (other === 'sent' || other === 'accepted') return bothAccepted(other);
  // The other side may have blocked this one, who is not to learn of it.
  return other === 'blocked' ? { own: 'sent' } : { own: 'sent', other: 'pending' };
}

function accept({ own, other }: Sides): Transition | undefined {
  if (own === 'blocked') return unblock(other);
  const isReady = other === 'sent' || other === 'accepted';
  if (own === 'pending' || own === 'ignored')
    return isReady ? bothAccepted(other) : { own: 'accepted' };
  return own === 'sent' && isReady ? bothAccepted(other) : undefined;
}

function unblock(other: ConnectionStatus | undefined): Transition {
  if (other === 'sent') return bothAccepted(other);
  return { own: other === 'accepted' || other === 'blocked' ? 'accepted' : 'sent' };
}

function bothAccepted(other: ConnectionStatus): Transition {
  return other === 'accepted' ? { own: 'accepted' } : { own: 'accepted', other: 'accepted' };
}

function withdrawn(other: ConnectionStatus | undefined): Pick<Transition, 'other'> {
  return other === 'pending' || other === 'ignored' ? { other: 'cancelled' } : {};
}
