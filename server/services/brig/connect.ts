import { timeText } from '../../clock.js';
import { ApiError } from '../../http/api-error.js';
import type { CallContext, Identity } from '../../http/endpoint.js';
import { acceptEndpoint, blockEndpoint, connectEndpoint } from '../../internal-api/galley.js';
import type { Account } from './accounts.js';
import type { BrigTools } from './brig-tools.js';
import { again, transition, type ConnectionStatus, type Transition } from './connection-status.js';
import type { Connection } from './connections.js';
import {
  badConnectionUpdate,
  connectionLimit,
  invalidUser,
  noIdentity,
  notConnected,
} from './errors.js';

/** Source: backend-api 4.1: sent and accepted ones together. */
const maxConnections = 1_000;

/** Someone who changes how they stand to someone else. */
export interface Wish {
  readonly identity: Identity;
  readonly other: string;
}

export interface Connected {
  readonly connection: Connection;
  readonly isNew: boolean;
}

/** Asks someone for a connection; accepts it where they asked first. */
export async function connect(
  tools: BrigTools,
  wish: Wish,
  context: CallContext,
): Promise<Connected> {
  const { accounts, connections, galley } = tools;
  const { user, connection: originConnection } = wish.identity;
  const { asking, asked } = await bothAccounts(accounts, wish);
  const sides = sidesOf(wish);
  const own = await connections.side(sides.own);
  if (own === undefined) await requireRoom(tools, user);
  const made = await galley.call(
    connectEndpoint,
    { body: { from: user, to: asked.id, name: asking.name, originConnection } },
    context,
  );
  const { conversation } = made.body;
  const isNew = own === undefined && (await connections.insert(sides.own, 'sent', conversation));
  const isFirst = await connections.insert(sides.other, 'pending', conversation);
  if (isNew && isFirst) await tell(tools, wish, { context, sides: ['own', 'other'] });
  else await change(tools, wish, { decide: again, context });
  return { connection: await ownSide(tools, wish), isNew };
}

/** Changes how a user stands to someone. Undefined where they stand so. */
export async function updateConnection(
  tools: BrigTools,
  { status, ...wish }: Wish & { readonly status: ConnectionStatus },
  context: CallContext,
): Promise<Connection | undefined> {
  const before = await tools.connections.side(sidesOf(wish).own);
  if (before === undefined) throw new ApiError(notConnected);
  if (before.status === status) return undefined;
  await change(tools, wish, { decide: (sides) => transition(sides, status), context });
  return ownSide(tools, wish);
}

interface Change {
  readonly decide: typeof again;
  readonly context: CallContext;
}

/** Reads both sides, decides, and writes; from the start where a side changed in between. */
async function change(tools: BrigTools, wish: Wish, { decide, context }: Change): Promise<void> {
  const { connections } = tools;
  const sides = sidesOf(wish);
  for (;;) {
    const [own, other] = [await connections.side(sides.own), await connections.side(sides.other)];
    if (own === undefined) throw new ApiError(notConnected);
    const decided = decide({ own: own.status, other: other?.status });
    if (decided === undefined) throw new ApiError(badConnectionUpdate);
    const isOwnNew = decided.own !== own.status;
    if (isOwnNew && !(await connections.change(sides.own, own.status, decided.own))) continue;
    const isOtherNew =
      decided.other !== undefined && other !== undefined && decided.other !== other.status;
    if (isOtherNew) await connections.change(sides.other, other.status, decided.other);
    await moveInConversation(tools, wish, { decided, was: own, context });
    const told = [
      ...(isOwnNew ? (['own'] as const) : []),
      ...(isOtherNew ? (['other'] as const) : []),
    ];
    await tell(tools, wish, { context, sides: told });
    return;
  }
}

interface Move {
  readonly decided: Transition;
  readonly was: Connection;
  readonly context: CallContext;
}

async function moveInConversation(
  { galley }: BrigTools,
  { identity, other }: Wish,
  { decided, was, context }: Move,
): Promise<void> {
  const { user, connection: originConnection } = identity;
  const params = { conversation: was.conversation };
  const join = (who: string) =>
    galley.call(acceptEndpoint, { params, body: { user: who, originConnection } }, context);
  if (decided.own === 'accepted') await join(user);
  if (decided.other === 'accepted') await join(other);
  if (decided.own === 'blocked')
    await galley.call(blockEndpoint, { params, body: { user, originConnection } }, context);
  if (decided.own === 'sent' && was.status === 'blocked') await join(user);
}

interface Telling {
  readonly context: CallContext;
  readonly sides: readonly ('own' | 'other')[];
}

/** Each side is told its own view; the other one also the name of who caused it. */
async function tell(tools: BrigTools, wish: Wish, { context, sides }: Telling): Promise<void> {
  const { connections, events, accounts, config } = tools;
  for (const which of sides) {
    const side = sidesOf(wish)[which];
    const row = await connections.side(side);
    if (row === undefined) continue;
    const connection = connectionJson(side.user, row, config.WIRE_DOMAIN);
    const causer = which === 'other' ? await accounts.byId(wish.identity.user) : undefined;
    const user = causer === undefined ? {} : { user: { name: causer.name } };
    const event = { type: 'user.connection', connection, ...user };
    await events.tell([side.user], event, context, wish.identity);
  }
}

/** A side as its user sees it. */
export function connectionJson(user: string, connection: Connection, domain: string) {
  const { other, status, conversation, last_update } = connection;
  return {
    from: user,
    qualified_to: { domain, id: other },
    to: other,
    status,
    last_update: timeText(last_update),
    qualified_conversation: { domain, id: conversation },
    conversation,
  };
}

function sidesOf({ identity: { user }, other }: Wish) {
  return { own: { user, other }, other: { user: other, other: user } };
}

async function ownSide({ connections }: BrigTools, wish: Wish): Promise<Connection> {
  const own = await connections.side(sidesOf(wish).own);
  if (own === undefined) throw new ApiError(notConnected);
  return own;
}

async function bothAccounts(
  accounts: BrigTools['accounts'],
  { identity, other }: Wish,
): Promise<{ readonly asking: Account; readonly asked: Account }> {
  if (identity.user === other) throw new ApiError(invalidUser);
  const [asking, asked] = [await accounts.byId(identity.user), await accounts.byId(other)];
  if (asking?.activated !== true) throw new ApiError(noIdentity);
  if (asked?.activated !== true || asked.status !== 'active') throw new ApiError(invalidUser);
  return { asking, asked };
}

async function requireRoom({ connections }: BrigTools, user: string): Promise<void> {
  const counted = (await connections.all(user)).filter(
    ({ status }) => status === 'sent' || status === 'accepted',
  );
  if (counted.length >= maxConnections) throw new ApiError(connectionLimit);
}
