import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../../../http/api-error.js';
import { Undecided, type Bound, type Cassandra } from '../../../stores/cassandra/cassandra.js';
import type { Conversation, ConversationType } from './conversation.js';
import {
  changeValues,
  conversationStatements,
  indexStatements,
  memberWrites,
  toConversation,
  type ChangeIds,
  type SharedRow,
} from './conversation-rows.js';

/** A change that was made: the state it met and the one it left. */
export interface Changed {
  readonly before: Conversation | undefined;
  readonly after: Conversation;
}

/** Who would get a message. */
export interface Participants {
  readonly type: ConversationType;
  readonly users: readonly string[];
}

/** Gives the next state of a conversation, or undefined to leave it; may be asked again about a newer state. */
export type Decide = (current: Conversation | undefined) => Conversation | undefined;

/** So many times a change may meet that another one came first. */
const maxTries = 40;
/** Writes that are under way together. One by one they are far faster than logged batches, and may be repeated. */
const writesAtOnce = 64;

/**
 * Conversations in Cassandra. Every change of one is a conditional write on its revision, so that changes happen one
 * after the other, each on the state that the one before left.
 */
export class ConversationStore {
  readonly #cassandra: Cassandra;

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  /** The conversation, where there is one. */
  async find(id: string): Promise<Conversation | undefined> {
    return (await this.#load(id))?.conversation;
  }

  /** The type and the members of a conversation, and nothing else: for messages. */
  async participants(id: string): Promise<Participants | undefined> {
    const rows = await this.#cassandra.all(conversationStatements.participants, [id]);
    const [first] = rows;
    if (first === undefined) return undefined;
    return { type: first.type, users: rows.flatMap(({ user }) => (user === null ? [] : [user])) };
  }

  /** Makes a conversation that does not exist; false where it does. */
  async create(conversation: Conversation): Promise<boolean> {
    const made = await this.change(conversation.id, (current) =>
      current === undefined ? conversation : undefined,
    );
    return made !== undefined;
  }

  /**
   * Changes a conversation, or makes it: `decide` is asked until no other change came between. Undefined where it
   * left everything as it is.
   *
   * @throws {Unavailable} where others change it all the time, or where it is not known whether the change was made.
   */
  async change(id: string, decide: Decide): Promise<Changed | undefined> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      // Whoever lost gives the others some time, so that all get on.
      if (tries > 0) await pause(Math.random() * 10 * tries);
      const stored = await this.#load(id);
      const after = decide(stored?.conversation);
      if (after === undefined) return undefined;
      if (await this.#apply(stored, after)) return { before: stored?.conversation, after };
    }
    throw new Unavailable('cassandra', new Error(`conversation ${id} changes all the time`));
  }

  /** Ids of conversations that a user is in, in a fixed order; now and then one that they have just left. */
  async idsOf(
    user: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
  ): Promise<readonly string[]> {
    const { first, after: following } = indexStatements;
    const rows =
      after === undefined
        ? await this.#cassandra.all(first, [user, limit])
        : await this.#cassandra.all(following, [user, after, limit]);
    return rows.map(({ conversation }) => conversation);
  }

  async #load(id: string): Promise<Stored | undefined> {
    // The members come after the revision: a change between the two makes the conditional write fail.
    const shared = await this.#cassandra.one(conversationStatements.shared, [id]);
    if (shared === undefined) return undefined;
    const members = await this.#cassandra.all(conversationStatements.members, [id]);
    return { revision: shared.revision, conversation: toConversation(id, shared, members) };
  }

  /** True where the change was made, false where another one came first. */
  async #apply(stored: Stored | undefined, after: Conversation): Promise<boolean> {
    const before = stored?.conversation;
    const revision = (stored?.revision ?? 0n) + 1n;
    const ids = { revision, change: randomUUID(), expected: stored?.revision };
    const joined = difference(after, before);
    const left = before === undefined ? [] : difference(before, after);
    // Before the change: who is in a conversation always finds it. Of a change that is not made, an entry may stay.
    await this.#writeIndex(
      joined.map((user) => ({
        statement: indexStatements.add,
        values: [user, after.id, revision],
      })),
    );
    const first = { statement: conversationStatements.change, values: changeValues(after, ids) };
    if (!(await this.#decide(first, { ids, id: after.id, writes: memberWrites(before, after) })))
      return false;
    await this.#writeIndex(
      left.map((user) => ({ statement: indexStatements.drop, values: [revision, user, after.id] })),
    );
    return true;
  }

  async #decide(first: ChangeStatement, { ids, id, writes }: Deciding): Promise<boolean> {
    try {
      return (await this.#cassandra.decideAll(first, writes)).applied;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      const now = await this.#cassandra.one(conversationStatements.sharedDecided, [id]);
      const made = wasMade(now, ids);
      if (made === undefined) throw error;
      return made;
    }
  }

  async #writeIndex(writes: readonly IndexWrite[]): Promise<void> {
    for (let at = 0; at < writes.length; at += writesAtOnce) {
      const some = writes.slice(at, at + writesAtOnce);
      await Promise.all(
        some.map(({ statement, values }) => this.#cassandra.write(statement, values)),
      );
    }
  }
}

interface IndexWrite {
  readonly statement: typeof indexStatements.add;
  readonly values: readonly unknown[];
}

interface Stored {
  readonly revision: bigint;
  readonly conversation: Conversation;
}

interface ChangeStatement {
  readonly statement: typeof conversationStatements.change;
  readonly values: readonly unknown[];
}

interface Deciding {
  readonly id: string;
  readonly ids: ChangeIds;
  readonly writes: readonly Bound[];
}

/** Whether a change of unknown outcome was made, seen from the state after it; undefined where that does not tell. */
function wasMade(now: SharedRow | undefined, ids: ChangeIds): boolean | undefined {
  if (now === undefined || now.revision < ids.revision) return false;
  if (now.revision === ids.revision) return now.change === ids.change;
  return undefined;
}

/** Who is in `one` but not in the other. */
function difference(one: Conversation, other: Conversation | undefined): readonly string[] {
  const there = new Set(other?.members.map(({ user }) => user));
  return one.members.map(({ user }) => user).filter((user) => !there.has(user));
}
