import { openBundle, type Bundle } from '../bundle/reader.js';
import type { RawHead } from '../bundle/head.js';
import type { Context } from '../context.js';
import { acceptHead, type AcceptedHead } from '../signing/accept.js';
import { assertChannelTrusted } from '../signing/trust-policy.js';

/** A bundle whose head the trust folder accepts. */
export type TrustedBundle = Bundle<AcceptedHead>;

/** Who decides, and in what surroundings. */
export interface Trust extends Pick<Context, 'env' | 'signal'> {
  readonly trustFolder: string;
  readonly now: Date;
}

/**
 * Opens a bundle by a trust folder, hands it on, and closes it: the one way in which every reader opens one.
 *
 * @throws {WireOfflineError} the codes of `acceptHead` and `openBundle`, CHANNEL_NOT_TRUSTED
 */
export async function withTrustedBundle<T>(
  file: string,
  trust: Trust,
  use: (bundle: TrustedBundle) => Promise<T>,
): Promise<T> {
  const judge = await acceptHead(trust);
  const bundle = await openBundle(file, (head: RawHead) => judge(head));
  try {
    assertChannelTrusted(bundle.acceptance.policy, bundle.document.channel);
    return await use(bundle);
  } finally {
    await bundle.close();
  }
}
