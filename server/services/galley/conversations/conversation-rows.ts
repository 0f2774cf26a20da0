import { z } from 'zod';
import { optionalTextColumn, textsColumn, uuidColumn } from '../../../stores/cassandra/columns.js';
import type { Bound } from '../../../stores/cassandra/cassandra.js';
import { conditional, select, write } from '../../../stores/cassandra/statement.js';
import {
  accessModes,
  accessRoles,
  conversationRoles,
  type Conversation,
  type Member,
} from './conversation.js';

const optionalInt = z
  .int()
  .nullable()
  .transform((value) => value ?? undefined);

const optionalFlag = z
  .boolean()
  .nullable()
  .transform((value) => value ?? false);

/** What all rows of a conversation share. A conversation that nobody is in has one row without a user. */
const sharedColumns = {
  revision: z.bigint(),
  change: uuidColumn,
  type: z.enum(['group', 'self', 'one2one', 'connect']),
  creator: uuidColumn,
  name: optionalTextColumn,
  // Cassandra gives sets in an order of its own.
  access: textsColumn.transform((texts) => accessModes.filter((mode) => texts.includes(mode))),
  access_roles: textsColumn.transform((texts) =>
    accessRoles.filter((role) => texts.includes(role)),
  ),
  message_timer_ms: z
    .bigint()
    .nullable()
    .transform((value) => (value === null ? undefined : Number(value))),
  receipt_mode: optionalInt,
};

const sharedRow = z.object(sharedColumns);

const memberRow = z
  .object({
    user: uuidColumn.nullable(),
    role: z.enum(conversationRoles).nullable(),
    muted_status: optionalInt,
    muted_ref: optionalTextColumn,
    archived: optionalFlag,
    archived_ref: optionalTextColumn,
    hidden: optionalFlag,
    hidden_ref: optionalTextColumn,
  })
  .transform((row): Member | undefined => {
    if (row.user === null || row.role === null) return undefined;
    return {
      user: row.user,
      role: row.role,
      mutedStatus: row.muted_status,
      mutedRef: row.muted_ref,
      archived: row.archived,
      archivedRef: row.archived_ref,
      hidden: row.hidden,
      hiddenRef: row.hidden_ref,
    };
  });

const sharedNames = Object.keys(sharedColumns).join(', ');
const memberNames =
  'user, role, muted_status, muted_ref, archived, archived_ref, hidden, hidden_ref';

/** Statements on `conversation`. */
export const conversationStatements = {
  shared: select(`SELECT ${sharedNames} FROM conversation WHERE id = ? LIMIT 1`, sharedRow),
  /** As above, after whatever change is under way has been decided. */
  sharedDecided: select(
    `SELECT ${sharedNames} FROM conversation WHERE id = ? LIMIT 1`,
    sharedRow,
    'localSerial',
  ),
  members: select(`SELECT ${memberNames} FROM conversation WHERE id = ?`, memberRow),
  participants: select(
    'SELECT type, user FROM conversation WHERE id = ?',
    z.object({ type: sharedColumns.type, user: uuidColumn.nullable() }),
  ),
  change: conditional(
    `UPDATE conversation SET revision = ?, change = ?, type = ?, creator = ?, name = ?, access = ?,
      access_roles = ?, message_timer_ms = ?, receipt_mode = ? WHERE id = ? IF revision = ?`,
    z.object({ revision: z.bigint().nullable() }),
  ),
  putMember: write(
    `INSERT INTO conversation (id, ${memberNames}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  dropMember: write('DELETE FROM conversation WHERE id = ? AND user = ?'),
};

/** Statements on `conversation_of_user`. */
export const indexStatements = {
  add: write(
    'INSERT INTO conversation_of_user (user, conversation) VALUES (?, ?) USING TIMESTAMP ?',
  ),
  drop: write(
    'DELETE FROM conversation_of_user USING TIMESTAMP ? WHERE user = ? AND conversation = ?',
  ),
  first: select(
    'SELECT conversation FROM conversation_of_user WHERE user = ? LIMIT ?',
    z.object({ conversation: uuidColumn }),
  ),
  after: select(
    'SELECT conversation FROM conversation_of_user WHERE user = ? AND conversation > ? LIMIT ?',
    z.object({ conversation: uuidColumn }),
  ),
};

export type SharedRow = z.output<typeof sharedRow>;

/** A conversation from its rows. */
export function toConversation(
  id: string,
  shared: SharedRow,
  members: readonly (Member | undefined)[],
): Conversation {
  return {
    id,
    type: shared.type,
    creator: shared.creator,
    name: shared.name,
    access: shared.access,
    accessRoles: shared.access_roles,
    messageTimerMs: shared.message_timer_ms,
    receiptMode: shared.receipt_mode,
    members: members.filter((member) => member !== undefined),
  };
}

/** The values of `change`. */
export function changeValues(
  next: Conversation,
  { revision, change, expected }: ChangeIds,
): readonly unknown[] {
  const timer = next.messageTimerMs;
  return [
    revision,
    change,
    next.type,
    next.creator,
    next.name ?? null,
    next.access,
    next.accessRoles,
    timer === undefined ? null : BigInt(timer),
    next.receiptMode ?? null,
    next.id,
    expected ?? null,
  ];
}

export interface ChangeIds {
  readonly revision: bigint;
  /** Names this change among all others. */
  readonly change: string;
  /** The revision that it starts from; none for a new conversation. */
  readonly expected: bigint | undefined;
}

/** The writes of the rows in which two states of a conversation differ. */
export function memberWrites(before: Conversation | undefined, after: Conversation): Bound[] {
  const old = new Map(before?.members.map((member) => [member.user, member]));
  const writes: Bound[] = after.members
    .filter((member) => old.get(member.user) !== member)
    .map((member) => ({
      statement: conversationStatements.putMember,
      values: [after.id, ...memberValues(member)],
    }));
  for (const { user } of after.members) old.delete(user);
  for (const user of old.keys())
    writes.push({ statement: conversationStatements.dropMember, values: [after.id, user] });
  return writes;
}

/** Undefined leaves a column as it is: what a member sets of these is never taken back to nothing. */
function memberValues(member: Member): readonly unknown[] {
  return [
    member.user,
    member.role,
    member.mutedStatus,
    member.mutedRef,
    member.archived,
    member.archivedRef,
    member.hidden,
    member.hiddenRef,
  ];
}
