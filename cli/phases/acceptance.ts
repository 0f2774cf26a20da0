import type { TrustedBundleFacts } from './bundle-source.js';
import { hexOf } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { acceptedAt, acceptedSchema, type Accepted, type HostRecord } from '../island/accepted.js';
import { acceptedFolder } from '../island/state.js';
import { parseJson } from '../input/json.js';
import { changeHost, type ChangeRun } from '../transport/change-host.js';
import { onEach } from '../transport/connect-hosts.js';
import { readRemoteRecords, writeRemoteFile } from '../transport/remote-file.js';
import type { RemoteHost } from '../transport/remote-host.js';

/** Ours have some hundred bytes. */
const maxRecordBytes = 4096;

/**
 * What every host remembers of the bundles that the island accepted on a channel.
 *
 * @throws {WireOfflineError} REMOTE_STATE_INVALID, REMOTE_FAILED, HOST_LOST
 */
export async function readAccepted(
  remotes: readonly RemoteHost[],
  channel: string,
): Promise<readonly HostRecord[]> {
  const folder = acceptedFolder(channel);
  const found = await onEach(remotes, async (remote) => {
    const lines = await readRemoteRecords(remote, folder, maxRecordBytes);
    return lines.map((line) => ({ host: remote.host.name, record: parseRecord(line, remote) }));
  });
  return found.flat();
}

/**
 * Has every host remember that the island accepted this bundle; those that do already are left alone.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, HOST_LOST
 */
export async function recordAccepted(
  remotes: readonly RemoteHost[],
  accepted: {
    readonly island: string;
    readonly bundle: TrustedBundleFacts;
    readonly records: readonly HostRecord[];
    readonly now: Date;
  },
  run: ChangeRun,
): Promise<void> {
  const { island, bundle, records, now } = accepted;
  const { identity, document } = bundle;
  const { channel, sequence, version } = document;
  const at = (acceptedAt(identity, records) ?? now).toISOString();
  const record: Accepted = {
    ...{ schemaVersion: 1, island, channel, sequence, identity, version, acceptedAt: at },
  };
  const bytes = Buffer.from(JSON.stringify(record));
  const file = { folder: acceptedFolder(channel), name: `${hexOf(identity)}.json`, bytes };
  await onEach(remotes, async (remote) => {
    const isKnown = records.some(
      (known) => known.host === remote.host.name && known.record.identity === identity,
    );
    if (isKnown) return;
    await changeHost(run, {
      on: remote,
      sentence: `record ${identity} as sequence ${String(sequence)} of channel ${channel}`,
      sizeBytes: bytes.length,
      make: () => writeRemoteFile(remote, file),
    });
  });
}

function parseRecord(line: string, { host }: RemoteHost): Accepted {
  const parsed = acceptedSchema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new WireOfflineError('REMOTE_STATE_INVALID', {
    message: `host ${host.name}: expected records of accepted bundles, got one that is none: ${line.slice(0, 200)}`,
    hint: 'a newer wire-offline may have written it; else compare the folder with that of another host of the island',
    cause: parsed.error,
  });
}
