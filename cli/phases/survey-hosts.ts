import { WireOfflineError } from '../errors.js';
import type { Island } from '../island/island.js';
import { readClock } from '../preflight/clock.js';
import { gatherFacts } from '../preflight/gather.js';
import { linkOf } from '../preflight/link.js';
import { probeConnections } from '../preflight/probe.js';
import type { BundleNeeds, SilentHost, Survey, SurveyedHost } from '../preflight/survey.js';
import { onEach } from '../transport/connect-hosts.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { runTask, type TaskReport, type TaskUi } from '../ui/tasks.js';

export interface SurveyOptions {
  readonly island: Island;
  /** All hosts of the island; they are connected to when they are asked. */
  readonly remotes: readonly RemoteHost[];
  /** The bundle that they are to take, where there is one already. */
  readonly bundle: BundleNeeds | undefined;
  readonly ui: TaskUi;
}

/** A size that every link has. Source: RFC 894. */
const usualMtu = 1500;

/**
 * Learns all there is to know of an island's hosts before they are judged: what each is and has, its clock, and which
 * ports it reaches on the others. A host that cannot be reached or asked is part of the answer, but for one whose key
 * is not the pinned one. Nothing is changed: listeners last as long as the survey.
 *
 * @throws {WireOfflineError} HOST_KEY_UNPINNED, HOST_KEY_CHANGED; HOST_LOST and REMOTE_FAILED while ports are tried
 */
export async function surveyHosts(options: SurveyOptions): Promise<Survey> {
  const { island, remotes, bundle, ui } = options;
  const asked = await runTask(`ask ${String(remotes.length)} hosts what they are`, ui, (report) =>
    onEach(remotes, (remote) => ask(remote, options, report)),
  );
  const hosts = asked.filter((one) => 'facts' in one);
  const silent = asked.filter((one) => 'error' in one);
  const probing = hosts.flatMap(({ host, facts }) => {
    const remote = remotes.find((one) => one.host === host);
    return remote === undefined ? [] : [{ remote, mtu: linkOf(host, facts)?.mtu ?? usualMtu }];
  });
  const probes = await runTask(`try the ports between ${String(hosts.length)} hosts`, ui, () =>
    probeConnections(island, probing),
  );
  return { island, hosts, silent, probes, bundle, now: new Date() };
}

async function ask(
  remote: RemoteHost,
  { island, ui }: SurveyOptions,
  report: TaskReport,
): Promise<SurveyedHost | SilentHost> {
  const { host } = remote;
  try {
    // Before the disks are timed, which slows everything else down.
    const clock = await readClock(remote);
    const facts = await gatherFacts(remote, island);
    report.note(`${host.name}: answered`);
    return { host, facts, clock };
  } catch (error) {
    ui.signal.throwIfAborted();
    if (!(error instanceof WireOfflineError) || isAnotherMachine(error)) throw error;
    report.note(`${host.name}: ${error.code}`);
    return { host, error };
  }
}

/** Somebody else may be answering: that ends every run. */
function isAnotherMachine({ code }: WireOfflineError): boolean {
  return code === 'HOST_KEY_CHANGED' || code === 'HOST_KEY_UNPINNED';
}
