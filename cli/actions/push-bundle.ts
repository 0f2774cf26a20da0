import { readHead } from '../bundle/head.js';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { refuseOtherChannel, refuseUnacceptable } from '../island/accepted.js';
import { hostsWith, type Island } from '../island/island.js';
import { assetStore } from '../island/state.js';
import { readAccepted, recordAccepted } from '../phases/acceptance.js';
import { refuseWithoutBase, wantedBlobs } from '../phases/bundle-source.js';
import { compareBlobs } from '../phases/compare-blobs.js';
import { takeIslandLock, type IslandLock } from '../phases/island-lock.js';
import { recordRelease } from '../phases/record-release.js';
import { missingBytes, sendBlobs } from '../phases/send-blobs.js';
import { changeHost, type ChangeRun, type HostChange } from '../transport/change-host.js';
import { connectHosts } from '../transport/connect-hosts.js';
import type { HostAccess } from '../transport/host-access.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { Sessions } from '../transport/sessions.js';
import { runTask, type TaskUi } from '../ui/tasks.js';
import { firstAcceptance } from './first-acceptance.js';
import { withTrustedBundle, type Trust, type TrustedBundle } from './trusted-bundle.js';

export interface PushRequest {
  readonly file: string;
  readonly island: Island;
  readonly trust: Trust;
  /** Asked for once the bundle is judged: nobody types a passphrase for a bad one. */
  readonly access: () => Promise<HostAccess>;
  /** Says what would change, and changes nothing. */
  readonly dryRun: boolean;
  readonly ui: TaskUi;
}

export interface Pushed {
  readonly identity: Digest;
  readonly name: string;
  readonly version: string;
  readonly channel: string;
  readonly sequence: number;
  readonly dryRun: boolean;
  /** Every host in the order of the island file. */
  readonly hosts: readonly PushedHost[];
}

export interface PushedHost {
  readonly host: string;
  /** What was, or in a dry run would be, written there. */
  readonly sizeBytes: number;
  readonly changes: readonly string[];
}

/**
 * Brings a bundle to an island: judges it, moves to the assets host the blobs that it lacks, and has every host
 * remember that the island accepted it.
 *
 * @throws {WireOfflineError} the codes of `withTrustedBundle`, of the transport and of each phase
 */
export async function pushBundle(request: PushRequest): Promise<Pushed> {
  const { file, trust } = request;
  try {
    return await withTrustedBundle(file, trust, (bundle) => pushTrusted(bundle, request));
  } catch (error) {
    if (!(error instanceof WireOfflineError) || error.code !== 'SIGNER_EXPIRED') throw error;
    // Keys must be valid when the island first accepts a bundle; later it may be brought again to repair the island.
    const now = await firstAcceptance(request);
    if (now === undefined) throw error;
    return withTrustedBundle(file, { ...trust, now }, (bundle) => pushTrusted(bundle, request));
  }
}

async function pushTrusted(bundle: TrustedBundle, request: PushRequest): Promise<Pushed> {
  const { island, trust, dryRun } = request;
  const { identity, document } = bundle;
  refuseOtherChannel(document, island);
  const { credentials, sudoPassword } = await request.access();
  const sessions = new Sessions({ credentials, signal: trust.signal });
  const run: ChangeRun = { dryRun, changes: [] };
  try {
    const remotes = await runTask(
      `connect to ${String(island.hosts.length)} hosts`,
      request.ui,
      () => connectHosts(island.hosts, sessions, sudoPassword),
    );
    await withLock({ remotes, request, run }, (lock) =>
      bringBundle({ bundle, remotes, request, run, lock }),
    );
  } finally {
    await sessions.close();
  }
  const { name, version, channel, sequence } = document;
  const hosts = island.hosts.map((host) => hostReport(host.name, run.changes));
  return { identity, name, version, channel, sequence, dryRun, hosts };
}

interface PushRun {
  readonly remotes: readonly RemoteHost[];
  readonly request: PushRequest;
  readonly run: ChangeRun;
}

/** Holds the island's lock while the work runs; a dry run changes nothing, so that it need not. */
async function withLock(
  { remotes, request, run }: PushRun,
  work: (lock: IslandLock) => Promise<void>,
): Promise<void> {
  if (run.dryRun) {
    await work({ ensure: () => Promise.resolve(), release: () => Promise.resolve() });
    return;
  }
  const assets = assetsOf(remotes, request.island);
  const lock = await runTask('take the lock of the island', request.ui, () =>
    takeIslandLock(assets, 'push'),
  );
  try {
    await work(lock);
  } finally {
    await lock.release();
  }
}

async function bringBundle(
  push: PushRun & { readonly bundle: TrustedBundle; readonly lock: IslandLock },
): Promise<void> {
  const { bundle, lock, remotes, request, run } = push;
  const { island, trust, ui } = request;
  const { now, signal } = trust;
  const { identity, document } = bundle;
  const assets = assetsOf(remotes, island);
  const store = assetStore(assets.host);
  const records = await runTask('read what the hosts have accepted', ui, async () => {
    const found = await readAccepted(remotes, document.channel);
    refuseUnacceptable({ identity, document }, found, now);
    return found;
  });
  const wanted = wantedBlobs(bundle);
  const found = await runTask(
    `compare ${String(wanted.length)} blobs with host ${assets.host.name}`,
    ui,
    (report) => compareBlobs({ remote: assets, store, wanted, onProgress: report.progress }),
  );
  refuseWithoutBase(bundle, found.lacking);
  if (found.lacking.length > 0)
    await changeHost(run, {
      on: assets,
      sentence: `send ${String(found.lacking.length)} of ${String(wanted.length)} blobs`,
      sizeBytes: missingBytes(found.lacking),
      make: () =>
        runTask(`send to host ${assets.host.name}`, ui, (report) =>
          sendBlobs(found, {
            remote: assets,
            store,
            bundle,
            lock,
            signal,
            onProgress: report.progress,
          }),
        ),
    });
  const head = await readHead(bundle.handle);
  const recording = run.dryRun ? 'see what to record' : 'record the bundle';
  await runTask(`${recording} on ${String(remotes.length)} hosts`, ui, async () => {
    await lock.ensure();
    await recordRelease({ assets, store, bundle, head }, run);
    await recordAccepted(remotes, { island: island.name, bundle, records, now }, run);
  });
}

function assetsOf(remotes: readonly RemoteHost[], island: Island): RemoteHost {
  const [host] = hostsWith(island, 'assets');
  const assets = remotes.find((remote) => remote.host === host);
  if (assets === undefined) throw new TypeError('an island has an assets host');
  return assets;
}

function hostReport(host: string, changes: readonly HostChange[]): PushedHost {
  const own = changes.filter((change) => change.host === host);
  const sizeBytes = own.reduce((sum, change) => sum + change.sizeBytes, 0);
  return { host, sizeBytes, changes: own.map(({ sentence }) => sentence) };
}
