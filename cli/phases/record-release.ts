import { createHash } from 'node:crypto';
import { entryNames } from '../bundle/layout.js';
import { hexOf } from '../digest.js';
import type { AssetStore } from '../island/state.js';
import { changeHost, type ChangeRun } from '../transport/change-host.js';
import { writeRemoteFile } from '../transport/remote-file.js';
import type { RemoteHost } from '../transport/remote-host.js';
import type { TrustedBundleFacts } from './bundle-source.js';

/** The head of a bundle, byte for byte as it was judged. */
export interface HeadBytes {
  readonly bundleJson: Uint8Array;
  readonly signatures: Uint8Array;
}

const sumScript = `cd -- "$1" 2>/dev/null && sha256sum -- "$2" "$3" 2>/dev/null; true`;

/**
 * Puts a bundle's document and its signatures on the assets host, so that what lies in the store can be judged again.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, HOST_LOST
 */
export async function recordRelease(
  release: {
    readonly assets: RemoteHost;
    readonly store: AssetStore;
    readonly bundle: TrustedBundleFacts;
    readonly head: HeadBytes;
  },
  run: ChangeRun,
): Promise<void> {
  const { assets, store, bundle, head } = release;
  const folder = `${store.releases}/${hexOf(bundle.identity)}`;
  const files = [
    { folder, name: entryNames.document, bytes: head.bundleJson },
    { folder, name: entryNames.signatures, bytes: head.signatures },
  ];
  const words = ['sums', folder, ...files.map(({ name }) => name)];
  const sums = await assets.mustRun({ argv: ['sh', '-c', sumScript, ...words] });
  const there = sums.split('\n');
  const isThere = ({ name, bytes }: (typeof files)[number]): boolean =>
    there.includes(`${createHash('sha256').update(bytes).digest('hex')}  ${name}`);
  const changes = files
    .filter((file) => !isThere(file))
    .map((file) =>
      changeHost(run, {
        on: assets,
        sentence: `keep ${file.name} of ${bundle.identity}`,
        sizeBytes: file.bytes.length,
        make: () => writeRemoteFile(assets, file),
      }),
    );
  await Promise.all(changes);
}
