import { z } from 'zod';
import { uuidColumn } from '../../../stores/cassandra/columns.js';
import type { Cassandra } from '../../../stores/cassandra/cassandra.js';
import { select, type Statement } from '../../../stores/cassandra/statement.js';
import { conversationStatements, indexStatements } from './conversation-rows.js';

const statements = {
  members: select(
    'SELECT id, user, revision FROM conversation',
    z.object({ id: uuidColumn, user: uuidColumn.nullable(), revision: z.bigint() }),
  ),
  member: select(
    'SELECT user FROM conversation WHERE id = ? AND user = ?',
    z.object({ user: uuidColumn }),
  ),
  entries: select(
    'SELECT user, conversation FROM conversation_of_user',
    z.object({ user: uuidColumn, conversation: uuidColumn }),
  ),
};

/** Rows that are read together, and then worked on together. */
const pageRows = 100;

/** What was looked at and what was wrong. */
export interface MendedIndex {
  readonly members: number;
  readonly entries: number;
  /** Entries of people who are not in the conversation. */
  readonly removed: number;
}

/**
 * Makes everyone's list of conversations agree with the members of the conversations. Its writes have the revision
 * that it read as their time, so that a change of a conversation that comes in between wins.
 */
export async function mendIndex(cassandra: Cassandra): Promise<MendedIndex> {
  const mended = { members: 0, entries: 0, removed: 0 };
  const keep = async ({ user, id, revision }: z.output<typeof statements.members.row>) => {
    if (user === null) return;
    mended.members += 1;
    await cassandra.write(indexStatements.add, [user, id, revision]);
  };
  const check = async (entry: z.output<typeof statements.entries.row>) => {
    mended.entries += 1;
    const revision = await staleSince(cassandra, entry);
    if (revision === undefined) return;
    mended.removed += 1;
    await cassandra.write(indexStatements.drop, [revision, entry.user, entry.conversation]);
  };
  for await (const rows of pages(cassandra, statements.members)) await Promise.all(rows.map(keep));
  for await (const rows of pages(cassandra, statements.entries)) await Promise.all(rows.map(check));
  return mended;
}

async function* pages<R extends z.ZodType>(
  cassandra: Cassandra,
  statement: Statement<R>,
): AsyncGenerator<readonly z.output<R>[]> {
  let after: string | undefined;
  do {
    const { rows, next } = await cassandra.page(statement, [], { size: pageRows, after });
    yield rows;
    after = next;
  } while (after !== undefined);
}

/** The revision of a conversation at which the user was no member of it; undefined where they are one. */
async function staleSince(
  cassandra: Cassandra,
  { user, conversation }: { readonly user: string; readonly conversation: string },
): Promise<bigint | undefined> {
  // The revision comes before the member: who joins later does so at a higher one.
  const shared = await cassandra.one(conversationStatements.shared, [conversation]);
  const member = await cassandra.one(statements.member, [conversation, user]);
  // A conversation that is not there may be about to be made.
  return member === undefined ? shared?.revision : undefined;
}
