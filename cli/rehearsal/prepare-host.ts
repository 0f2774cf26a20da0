import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copyRoot, makeDisk } from './base-root.js';
import { hostFiles } from './host-files.js';
import { profileFiles, profileLinks, type SeedFile } from './host-profile.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { diskPlaces, hostPlaces, type HostPlaces, type IslandPlaces } from './places.js';
import { perform, type RehearsalRun } from './programs.js';

export interface NewHost {
  readonly host: RehearsalHost;
  readonly island: RehearsalIsland;
  readonly places: IslandPlaces;
  /** The image of the base root. */
  readonly baseImage: string;
  /** The line that lets the island's key in. */
  readonly authorizedKey: string;
}

/** Makes a host's disks and all that is its own, and gives its public host key, `TYPE BASE64`. */
export async function prepareHost(given: NewHost, run: RehearsalRun): Promise<string> {
  const { host, island, baseImage, authorizedKey } = given;
  const places = hostPlaces(given.places, host.name);
  await mkdir(places.rootFolder, { recursive: true, mode: 0o700 });
  await perform(copyRoot(baseImage, places.rootImage), run);
  for (const [index, disk] of host.disks.entries()) {
    const { image, folder } = diskPlaces(places, index);
    await mkdir(folder);
    for (const argv of makeDisk(image, disk.sizeBytes)) await perform(argv, run);
  }
  const key = await makeSshKey(join(places.folder, 'ssh_host_ed25519_key'), host.name, run);
  const machineId = randomBytes(16).toString('hex');
  const identity = { machineId, hostKey: key.privateKey, authorizedKey };
  await writeSeed(places, [...hostFiles(host, island, identity), ...profileFiles]);
  await rm(key.file);
  return key.publicKey;
}

/** Makes an Ed25519 key pair without a passphrase: it opens nothing but throw-away hosts. */
export async function makeSshKey(
  file: string,
  comment: string,
  run: RehearsalRun,
): Promise<{ readonly file: string; readonly publicKey: string; readonly privateKey: string }> {
  await perform(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file], run);
  const [type = '', base64 = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  return { file, publicKey: `${type} ${base64}`, privateKey: await readFile(file, 'utf8') };
}

async function writeSeed({ seedFolder }: HostPlaces, files: readonly SeedFile[]): Promise<void> {
  for (const { path, mode, content } of files) {
    const file = join(seedFolder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
    // The copy takes the folders' modes along, and sshd is strict about this one.
    if (path.endsWith('/.ssh/authorized_keys')) await chmod(dirname(file), 0o700);
  }
  for (const { path, target } of profileLinks) {
    const link = join(seedFolder, path);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link);
  }
}
