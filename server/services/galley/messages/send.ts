import { timeText } from '../../../clock.js';
import { ApiError } from '../../../http/api-error.js';
import { badRequest, bodyTooLarge } from '../../../http/common-errors.js';
import type { Push } from '../../../internal-api/gundeck.js';
import { eventOf, type Happening } from '../conversations/events.js';
import { noConversation, tooManyToBroadcast, unknownClient } from '../endpoints/errors.js';
import type { MessageStatus } from '../endpoints/views.js';
import type { Act, GalleyTools } from '../tools.js';
import { judgeRecipients, type Judgement } from './mismatch.js';
import { parseProteusMessage, type ProteusMessage } from './proteus-message.js';
import { BadProtobuf } from './protobuf.js';

/** How a message fared: stored for its recipients, or not sent because clients are missing. */
export interface Sent {
  readonly isStored: boolean;
  readonly status: MessageStatus;
}

/** Most people that a broadcast reaches. */
const maxBroadcast = 2_000;
/** Most ciphertext and blob for one client: gundeck takes 8 MiB with the base64 and the names around it. */
const maxTextBytes = 6_000_000;
/** Most of both for all clients together; a blob counts once for each. */
const maxTotalBytes = 256 * 1024 * 1024;

/**
 * Sends a message to a conversation. It ends once it is stored for every recipient.
 *
 * @throws {ApiError} no-conversation, unknown-client; bad-request for what is no message; 413.
 */
export async function sendMessage(
  tools: GalleyTools,
  { conversation, bytes }: { readonly conversation: string; readonly bytes: Buffer },
  act: Act,
): Promise<Sent> {
  const message = parse(bytes);
  const participants = await tools.store.participants(conversation);
  if (participants?.users.includes(act.identity.user) !== true) throw new ApiError(noConversation);
  return deliver(tools, { message, users: participants.users, conversation }, act);
}

/**
 * Sends a message to everyone whom the user is connected with, and to their own other clients. Its event names the
 * user's conversation with themselves.
 *
 * @throws {ApiError} unknown-client, too-many-users-to-broadcast; bad-request for what is no message; 413.
 */
export async function broadcast(tools: GalleyTools, bytes: Buffer, act: Act): Promise<Sent> {
  const message = parse(bytes);
  const { user } = act.identity;
  const contacts = await tools.people.contactsOf(user, act.context);
  if (contacts.length > maxBroadcast) throw new ApiError(tooManyToBroadcast);
  return deliver(tools, { message, users: [...contacts, user], conversation: user }, act);
}

function parse(bytes: Buffer): ProteusMessage {
  try {
    return parseProteusMessage(bytes);
  } catch (error) {
    if (!(error instanceof BadProtobuf)) throw error;
    const message = `Error in the message: ${error.message}`;
    throw new ApiError(badRequest, { message, cause: error });
  }
}

interface Delivering {
  readonly message: ProteusMessage;
  readonly users: readonly string[];
  readonly conversation: string;
}

async function deliver(
  tools: GalleyTools,
  { message, users, conversation }: Delivering,
  act: Act,
): Promise<Sent> {
  const { domain, clock, people, announcer } = tools;
  const { identity, context } = act;
  const clients = await people.clientsOf(users, context);
  const sender = { user: identity.user, client: message.sender };
  if (clients.get(sender.user)?.has(sender.client) !== true) throw new ApiError(unknownClient);
  const judgement = judgeRecipients(message, { domain, clients, sender });
  const timeMs = clock.nowMs();
  const status = statusOf(judgement, timeText(timeMs));
  if (!judgement.isComplete) return { isStored: false, status };
  requireSize(message, judgement);
  const happening = { domain, conversation, from: identity.user, timeMs };
  await announcer.pushOnce(pushesOf(message, { judgement, happening, act }), context);
  return { isStored: true, status };
}

function statusOf({ missing, redundant, deleted }: Judgement, time: string): MessageStatus {
  return { time, missing, redundant, deleted, failed_to_send: {}, failed_to_confirm_clients: {} };
}

/** Before anything is stored, so that a message is refused whole. */
function requireSize({ blob }: ProteusMessage, { deliveries }: Judgement): void {
  const blobBytes = blob?.length ?? 0;
  const sizes = deliveries.map(({ text }) => text.length + blobBytes);
  const totalBytes = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
  const isTooLarge = totalBytes > maxTotalBytes || sizes.some((bytes) => bytes > maxTextBytes);
  if (isTooLarge) throw new ApiError(bodyTooLarge);
}

interface Pushing {
  readonly judgement: Judgement;
  readonly happening: Happening;
  readonly act: Act;
}

/** One at a time: with a large blob they are many times the message. */
function* pushesOf(
  { blob, sender, transient }: ProteusMessage,
  { judgement, happening, act: { identity } }: Pushing,
): Generator<Push> {
  const data = blob === undefined ? '' : base64(blob);
  for (const { user, client, text } of judgement.deliveries) {
    const content = { sender, recipient: client, text: base64(text), data };
    yield {
      recipients: [{ user, clients: [client] }],
      origin: identity.user,
      ...(identity.connection !== '' && { originConnection: identity.connection }),
      payload: [eventOf(happening, 'otr-message-add', content)],
      transient,
    };
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
