import type { Digest } from '../digest.js';
import { refuseOtherChannel } from '../island/accepted.js';
import type { Island } from '../island/island.js';
import { wantedBlobs } from '../phases/bundle-source.js';
import { surveyHosts } from '../phases/survey-hosts.js';
import { judge } from '../preflight/judge.js';
import type { BundleNeeds } from '../preflight/survey.js';
import type { Verdict } from '../preflight/verdict.js';
import type { HostAccess } from '../transport/host-access.js';
import { RemoteHost } from '../transport/remote-host.js';
import { Sessions } from '../transport/sessions.js';
import type { TaskUi } from '../ui/tasks.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

export interface PreflightRequest {
  readonly island: Island;
  /** The bundle that the hosts are to take; without one, what it asks of them is not looked at. */
  readonly bundle: { readonly file: string; readonly trust: Trust } | undefined;
  /** Asked for once the bundle is judged: nobody types a passphrase for a bad one. */
  readonly access: () => Promise<HostAccess>;
  readonly ui: TaskUi;
}

export interface Preflighted {
  readonly island: string;
  /** The bundle's identity, where there is one. */
  readonly bundle: Digest | null;
  /** Of each host in the order of the island file, the checks in theirs. */
  readonly verdicts: readonly Verdict[];
}

/**
 * Looks whether an island's hosts are fit for it, all at the same time, and changes nothing.
 *
 * @throws {WireOfflineError} the codes of `withTrustedBundle` and of `surveyHosts`, BUNDLE_CHANNEL_OTHER
 */
export async function preflightHosts(request: PreflightRequest): Promise<Preflighted> {
  const { island, ui } = request;
  const bundle = await readNeeds(request);
  const { credentials, sudoPassword } = await request.access();
  const sessions = new Sessions({ credentials, signal: ui.signal });
  try {
    const remotes = island.hosts.map((host) => new RemoteHost(host, sessions, sudoPassword));
    const survey = await surveyHosts({ island, remotes, bundle, ui });
    return {
      island: island.name,
      bundle: bundle?.identity ?? null,
      verdicts: judge(survey),
    };
  } finally {
    await sessions.close();
  }
}

async function readNeeds({
  island,
  bundle,
}: PreflightRequest): Promise<(BundleNeeds & { readonly identity: Digest }) | undefined> {
  if (bundle === undefined) return undefined;
  return withTrustedBundle(bundle.file, bundle.trust, (trusted) => {
    const { document, identity } = trusted;
    refuseOtherChannel(document, island);
    const { createdAt, arch } = document;
    const sizeBytes = wantedBlobs(trusted).reduce((sum, blob) => sum + blob.sizeBytes, 0);
    return Promise.resolve({ createdAt, arch, sizeBytes, identity });
  });
}
