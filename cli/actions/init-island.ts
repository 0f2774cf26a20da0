import { resolve } from 'node:path';
import { writeOutput } from '../bundle/output-file.js';
import { exampleAddress, islandTemplate } from '../island/template.js';
import { profiles, type ProfileHost, type ProfileName } from '../island/profiles.js';
import { checkIdentity, type IslandIdentity } from '../island/identity.js';

export interface InitRequest extends IslandIdentity {
  readonly profile: ProfileName;
  readonly user: string;
  /** The file to write, as the user named it. */
  readonly out: string;
  readonly cwd: string;
}

export interface InitResult {
  readonly file: string;
  readonly profile: ProfileName;
  readonly hosts: readonly ProfileHost[];
}

/**
 * Writes a commented island file of a profile, with addresses to be replaced.
 *
 * @throws {WireOfflineError} USAGE_INVALID (identity), OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, DISK_FULL
 */
export async function initIsland(request: InitRequest): Promise<InitResult> {
  const { profile, out, cwd, name, domain, user } = request;
  checkIdentity({ name, domain, user });
  const { summary, hosts } = profiles[profile];
  const text = islandTemplate({
    about: [`An island of the profile ${profile}: ${summary}.`],
    ...{ name, domain, channel: 'stable' },
    hosts: hosts.map((host, index) => ({ ...host, user, address: exampleAddress(index) })),
  });
  await writeOutput({ file: resolve(cwd, out) }, (handle) => handle.writeFile(text));
  return { file: out, profile, hosts };
}
