import type { DataDirectory } from '../../island/island.js';
import { bytesText } from '../../ui/progress.js';
import type { FoundDirectory } from '../facts.js';
import type { SurveyedHost } from '../survey.js';
import type { Check } from '../verdict.js';

/** A file system of a disk of the size asked for is a little smaller than the disk. */
const sizeShare = 0.85;

/** Packages, programs, logs and what containers write. */
const minRootBytes = 5 * 1000 ** 3;

/** File systems that the stores' makers run on, and that keep what was synced through a power cut. */
const fileSystems = ['ext4', 'xfs'] as const;

/** Source: etcd's documentation, "Hardware recommendations" and "What does the warning ... mean": 10 ms at the 99th percentile. */
const slowSyncMs = 10;

/** Slower than a turning disk: members lose their leader with it. */
const uselessSyncMs = 200;

/** 16 MiB in a second; any disk of the last twenty years writes faster. */
const slowWriteMs = 1000;

/** What a bundle needs on the assets host beyond its own size. */
const roomFactor = 1.05;

export const checkRootDisk: Check = ({ facts }) =>
  facts.root.map((found) => {
    const freeBytes = (found.state === 'directory' && found.freeBytes) || 0;
    return {
      isOk: freeBytes >= minRootBytes,
      expected: `at least ${bytesText(minRootBytes)} free on ${found.path}`,
      found: bytesText(freeBytes),
      hint: 'make the file system larger, or take away what is not needed: apt-get clean, journalctl --vacuum-size=100M',
    };
  });

/** Each must be there, be a file system of its own, and of a kind that stores can live on. */
export const checkDataDirectory: Check = (subject) =>
  pairs(subject).map(({ wanted, found }, index, all) => {
    const expected = `${wanted.path} (${wanted.role}) to be an ${fileSystems.join(' or ')} file system of its own`;
    const mount = `put a disk of ${bytesText(wanted.sizeBytes)} there: mkfs.ext4, a line in /etc/fstab, mount ${wanted.path}`;
    const tell = (isOk: boolean, got: string) => ({ isOk, expected, found: got, hint: mount });
    if (found === undefined) return tell(false, 'no directory there');
    const system = subject.facts.root.find((one) => isOn(one, found.device));
    if (system !== undefined) return tell(false, `a directory on the disk of ${system.path}`);
    const sharer = all.slice(0, index).find((one) => one.found?.device === found.device);
    if (sharer !== undefined) return tell(false, `the same file system as ${sharer.wanted.path}`);
    const isKnown = fileSystems.some((kind) => kind === found.fileSystem);
    return tell(isKnown, isKnown ? found.fileSystem : `a file system of type ${found.fileSystem}`);
  });

export const checkDiskSize: Check = (subject) =>
  onlyFound(subject).map(({ wanted, found: { sizeBytes } }) => ({
    isOk: (sizeBytes ?? 0) >= wanted.sizeBytes * sizeShare,
    expected: `${wanted.path} (${wanted.role}) to have ${bytesText(wanted.sizeBytes)}`,
    found: bytesText(sizeBytes ?? 0),
    hint: 'make the disk larger, or say in the island file under stores how much it needs',
  }));

export const checkDiskSpeed: Check = (subject) =>
  onlyFound(subject).map(({ wanted, found: { syncMs, writeMs } }) => {
    const isUseless = syncMs === null || syncMs > uselessSyncMs;
    const isSlow = isUseless || syncMs > slowSyncMs || (writeMs ?? Infinity) > slowWriteMs;
    return {
      isOk: !isSlow,
      otherwise: isUseless ? 'failed' : 'warned',
      expected: `${wanted.path} (${wanted.role}) to sync 4 KiB within ${String(slowSyncMs)} ms and 16 MiB within ${String(slowWriteMs)} ms`,
      found:
        syncMs === null
          ? 'a file system that could not be written, or is full'
          : `${syncMs.toFixed(1)} ms and ${writeMs === null ? 'unknown' : `${writeMs.toFixed(0)} ms`}`,
      hint: 'see what else uses the disk; a store wants a disk of its own, best an SSD whose cache survives a power cut',
    };
  });

export const checkBundleRoom: Check = (subject, { bundle }) => {
  if (bundle === undefined) return [];
  const needBytes = Math.ceil(bundle.sizeBytes * roomFactor);
  return onlyFound(subject).flatMap(({ wanted, found: { sizeBytes } }) =>
    wanted.role !== 'assets'
      ? []
      : [
          {
            isOk: (sizeBytes ?? 0) >= needBytes,
            expected: `${wanted.path} to hold the bundle: ${bytesText(needBytes)}`,
            found: bytesText(sizeBytes ?? 0),
            hint: 'make the disk of the assets host larger',
          },
        ],
  );
};

interface Pair {
  readonly wanted: DataDirectory;
  readonly found: FoundDirectory | undefined;
}

/** Facts come in the order of the island's data directories. */
function pairs({ host, facts }: SurveyedHost): readonly Pair[] {
  return host.dataDirectories.map((wanted, index) => {
    const found = facts.directories[index];
    return { wanted, found: found?.state === 'directory' ? found : undefined };
  });
}

/** What is not there is told once, by the check for that. */
function onlyFound(subject: SurveyedHost): readonly (Pair & { readonly found: FoundDirectory })[] {
  return pairs(subject).flatMap(({ wanted, found }) =>
    found === undefined ? [] : [{ wanted, found }],
  );
}

function isOn(one: SurveyedHost['facts']['root'][number], device: number): boolean {
  return one.state === 'directory' && one.device === device;
}
