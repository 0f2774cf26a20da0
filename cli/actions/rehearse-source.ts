import { checkIdentity } from '../island/identity.js';
import { profiles, type ProfileName } from '../island/profiles.js';
import { readIslandBytes } from '../island/read.js';
import { exampleAddress, islandTemplate } from '../island/template.js';
import { sourceOf } from '../rehearsal/island-document.js';
import { rehearseUp, type Run, type StandingIsland } from './rehearse-up.js';

/** Who an operator is on a host that was installed by hand. */
const profileUser = 'admin';

/**
 * Boots the hosts of an island file at the addresses that it says.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE, USAGE_INVALID (name); as `rehearseUp`.
 */
export async function rehearseIsland(
  { file, name }: { readonly file: string; readonly name?: string },
  run: Run,
): Promise<StandingIsland> {
  const { cwd } = run.context;
  const named = namedOnly(name);
  const source = sourceOf(file, await readIslandBytes({ file, cwd }), cwd);
  return rehearseUp({ source, ...named, addresses: 'said' }, run);
}

/**
 * Boots the hosts of a profile at addresses that this machine does not use.
 *
 * @throws {WireOfflineError} USAGE_INVALID (name); as `rehearseUp`.
 */
export async function rehearseProfile(
  { profile, name }: { readonly profile: ProfileName; readonly name?: string },
  run: Run,
): Promise<StandingIsland> {
  const named = namedOnly(name);
  const { summary, hosts } = profiles[profile];
  const text = islandTemplate({
    about: [`An island of the profile ${profile}: ${summary}.`],
    ...{ name: `rehearsal-${profile}`, domain: 'wire.example', channel: 'stable' },
    hosts: hosts.map((host, index) => ({
      ...{ ...host, user: profileUser, address: exampleAddress(index) },
    })),
  });
  const file = `the profile ${profile}`;
  const source = sourceOf(file, Buffer.from(text), run.context.cwd);
  return rehearseUp({ source, ...named, addresses: 'free' }, run);
}

function namedOnly(name: string | undefined): { readonly name?: string } {
  if (name === undefined) return {};
  checkIdentity({ name, domain: 'wire.example', user: profileUser });
  return { name };
}
