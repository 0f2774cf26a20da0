import type { BundleHead } from '../bundle/document.js';
import type { WireOfflineError } from '../errors.js';
import type { Connection } from '../island/connections.js';
import type { Island, IslandHost } from '../island/island.js';
import type { HostFacts } from './facts.js';

/** A host's clock beside that of the machine this runs on. */
export interface HostClock {
  /** Milliseconds by which it is ahead; negative where it is behind. */
  readonly aheadMs: number;
  /** Half of the round trip in which it was read. */
  readonly uncertaintyMs: number;
}

/** A host that answered. */
export interface SurveyedHost {
  readonly host: IslandHost;
  readonly facts: HostFacts;
  readonly clock: HostClock;
}

/** A host of which nothing is known but why. */
export interface SilentHost {
  readonly host: IslandHost;
  readonly error: WireOfflineError;
}

/**
 * What came of a port that one host tried on another: `stalled` where small packets got through and full ones did
 * not, `unknown` where another program has the port and cannot be asked.
 */
export type Reach = 'reached' | 'refused' | 'silent' | 'unreachable' | 'stalled' | 'unknown';

export interface Probed {
  readonly connection: Connection;
  readonly reach: Reach;
}

/** What a bundle asks of the hosts that it is for. */
export interface BundleNeeds extends Pick<BundleHead, 'createdAt' | 'arch'> {
  /** All blobs that it lists, its base's included. */
  readonly sizeBytes: number;
}

/** All that is known when an island's hosts are judged. */
export interface Survey {
  readonly island: Island;
  readonly hosts: readonly SurveyedHost[];
  readonly silent: readonly SilentHost[];
  readonly probes: readonly Probed[];
  readonly bundle: BundleNeeds | undefined;
  /** This machine's clock. */
  readonly now: Date;
}
