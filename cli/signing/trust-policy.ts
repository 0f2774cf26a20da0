import { z } from 'zod';
import { nameSchema } from '../bundle/names.js';
import { WireOfflineError } from '../errors.js';
import { parseYaml, toYaml } from '../input/yaml-document.js';

const channelSchema = z
  .string()
  .refine((text) => text === '*' || nameSchema.safeParse(text).success, {
    message: 'the name of a channel, or "*" for every channel',
  });

const policySchema = z.strictObject({
  schemaVersion: z.literal(1),
  version: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  threshold: z.int().min(1).max(32),
  channels: z.array(channelSchema).min(1).max(64),
});

/** How many people must have signed a bundle, and which channels' bundles are taken at all. */
export interface TrustPolicy {
  readonly schemaVersion: 1;
  /** Grows with every trust folder that follows another. */
  readonly version: number;
  readonly threshold: number;
  /** `*` stands for every channel. */
  readonly channels: readonly string[];
}

/**
 * The policy in a `policy.yaml`.
 *
 * @throws {WireOfflineError} TRUST_INVALID with every problem's `file:line:column`.
 */
export function parsePolicy(file: string, bytes: Uint8Array): TrustPolicy {
  const hint = 'what belongs there: wire-offline docs trust';
  return parseYaml({ file, bytes, code: 'TRUST_INVALID', hint }, policySchema);
}

/** The policy that a first key is born with: one signature, every channel. */
export function firstPolicyText(): string {
  return toYaml({ schemaVersion: 1, version: 1, threshold: 1, channels: ['*'] });
}

/**
 * Refuses a bundle of a channel that the policy does not name; for readers to call once the head is parsed.
 *
 * @throws {WireOfflineError} CHANNEL_NOT_TRUSTED
 */
export function assertChannelTrusted(policy: TrustPolicy, channel: string): void {
  if (policy.channels.includes('*') || policy.channels.includes(channel)) return;
  throw new WireOfflineError('CHANNEL_NOT_TRUSTED', {
    message: `channel: expected one of ${policy.channels.join(', ')} (policy.yaml), got ${channel}`,
    hint: 'take a bundle of a channel that this trust folder names',
  });
}
