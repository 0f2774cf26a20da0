import { z } from 'zod';
import type { BundleDocument } from '../bundle/document.js';
import { refuseExpired } from '../bundle/expiry.js';
import { nameSchema } from '../bundle/names.js';
import { digestSchema, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';

/** That an island accepted a bundle, as each of its hosts remembers it. */
export const acceptedSchema = z.strictObject({
  schemaVersion: z.literal(1),
  island: nameSchema,
  channel: nameSchema,
  sequence: z.int().min(1),
  identity: digestSchema,
  version: z.string().max(128),
  acceptedAt: z.iso.datetime(),
});

export type Accepted = Readonly<z.infer<typeof acceptedSchema>>;

/** A record and the host that has it. */
export interface HostRecord {
  readonly host: string;
  readonly record: Accepted;
}

/** A bundle that asks to be let in. */
export interface Candidate {
  readonly identity: Digest;
  readonly document: Pick<BundleDocument, 'channel' | 'sequence' | 'version' | 'expiresAt'>;
}

/**
 * Holds a bundle to all that the island's hosts remember of its channel: sequences only grow, each stands for one
 * bundle, and the date of expiry counts until a bundle was accepted once.
 *
 * @throws {WireOfflineError} BUNDLE_SEQUENCE_OLDER, BUNDLE_SEQUENCE_TAKEN, BUNDLE_EXPIRED
 */
export function refuseUnacceptable(
  { identity, document }: Candidate,
  records: readonly HostRecord[],
  now: Date,
): void {
  const newest = newestOf(records);
  if (newest !== undefined && newest.record.sequence > document.sequence)
    throw older(document, newest);
  const sameSequence = records.filter(({ record }) => record.sequence === document.sequence);
  const other = sameSequence.find(({ record }) => record.identity !== identity);
  if (other !== undefined) throw taken(document, other);
  if (acceptedAt(identity, records) === undefined) refuseExpired(document, now);
}

/** When the island first accepted a bundle, or nothing where it has not. */
export function acceptedAt(identity: Digest, records: readonly HostRecord[]): Date | undefined {
  const times = records
    .filter(({ record }) => record.identity === identity)
    .map(({ record }) => Date.parse(record.acceptedAt));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

/**
 * Holds a bundle to the island's channel.
 *
 * @throws {WireOfflineError} BUNDLE_CHANNEL_OTHER
 */
export function refuseOtherChannel(
  { channel }: Candidate['document'],
  island: { readonly name: string; readonly channel: string },
): void {
  if (channel === island.channel) return;
  throw new WireOfflineError('BUNDLE_CHANNEL_OTHER', {
    message: `bundle: expected the channel ${island.channel} of the island ${island.name}, got ${channel}`,
    hint: 'bring a bundle of that channel; an island does not change its channel by a push',
  });
}

function newestOf(records: readonly HostRecord[]): HostRecord | undefined {
  return records.reduce<HostRecord | undefined>(
    (newest, one) =>
      newest === undefined || one.record.sequence > newest.record.sequence ? one : newest,
    undefined,
  );
}

function older(
  { channel, sequence }: Candidate['document'],
  { host, record }: HostRecord,
): WireOfflineError {
  return new WireOfflineError('BUNDLE_SEQUENCE_OLDER', {
    message: `bundle: expected sequence ${String(record.sequence)} of channel ${channel} or higher, as host ${host} has accepted, got ${String(sequence)}`,
    hint: 'bring the newest bundle of this channel: what an older one has lost, an attacker would want back',
  });
}

function taken(
  { channel, sequence }: Candidate['document'],
  { host, record }: HostRecord,
): WireOfflineError {
  return new WireOfflineError('BUNDLE_SEQUENCE_TAKEN', {
    message: `bundle: expected ${record.identity} as sequence ${String(sequence)} of channel ${channel}, as host ${host} has accepted, got another bundle`,
    hint: 'ask who signs for this channel: two bundles bear one number; bundle it again with the next one',
  });
}
