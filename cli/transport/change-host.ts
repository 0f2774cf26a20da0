import type { RemoteHost } from './remote-host.js';

/** A change to a host, said in a sentence before it is made. */
export interface HostChange {
  readonly host: string;
  /** What changes there, for a person who decides whether it may: `record bundle ... as accepted`. */
  readonly sentence: string;
  /** What it puts on the host's disk. */
  readonly sizeBytes: number;
}

/** Whether changes are made or only said, and those that were due so far. */
export interface ChangeRun {
  readonly dryRun: boolean;
  readonly changes: HostChange[];
}

/** Makes a change to a host, or in a dry run only says it. Every change to a host passes here. */
export async function changeHost(
  run: ChangeRun,
  change: {
    readonly on: RemoteHost;
    readonly sentence: string;
    readonly sizeBytes: number;
    readonly make: () => Promise<void>;
  },
): Promise<void> {
  const { on, sentence, sizeBytes } = change;
  run.changes.push({ host: on.host.name, sentence, sizeBytes });
  if (!run.dryRun) await change.make();
}
