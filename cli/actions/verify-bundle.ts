import { hashBlobs } from '../bundle/hash-blobs.js';
import { refuseExpired } from '../bundle/expiry.js';
import type { Digest } from '../digest.js';
import { runTasks, type Task, type TaskUi } from '../ui/tasks.js';
import { bundleFacts, type BundleFacts } from './bundle-facts.js';
import { withTrustedBundle, type Trust, type TrustedBundle } from './trusted-bundle.js';

export interface VerifyOptions {
  readonly file: string;
  readonly trust: Trust;
  /** Leaves the blobs unread: signatures, document and structure only. */
  readonly headOnly: boolean;
  readonly ui: TaskUi;
}

export interface Verified extends BundleFacts {
  readonly identity: Digest;
  readonly signedBy: readonly string[];
  readonly entries: number;
  readonly sizeBytes: number;
  /** Whether every blob was hashed. */
  readonly blobsVerified: boolean;
}

/**
 * Judges a bundle: its signatures, its document, its structure, its date, and every byte unless told otherwise.
 *
 * @throws {WireOfflineError} the codes of `withTrustedBundle`, BUNDLE_EXPIRED, BLOB_DIGEST_MISMATCH
 */
export async function verifyBundle(options: VerifyOptions): Promise<Verified> {
  const { file, trust, headOnly, ui } = options;
  return await withTrustedBundle(file, trust, async (bundle) => {
    refuseExpired(bundle.document, trust.now);
    if (!headOnly) await runTasks([hashTask(bundle, trust.signal)], ui);
    return {
      ...bundleFacts(bundle),
      entries: bundle.entries.length,
      sizeBytes: bundle.sizeBytes,
      blobsVerified: !headOnly,
    };
  });
}

function hashTask(bundle: TrustedBundle, signal: AbortSignal): Task {
  return {
    title: `hash ${String(bundle.entries.length)} entries`,
    run: (report) =>
      hashBlobs(bundle, {
        signal,
        onProgress: (progress) => {
          report.progress(progress);
        },
      }),
  };
}
