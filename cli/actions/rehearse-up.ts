import { writeFile } from 'node:fs/promises';
import type { Settings } from '../config/settings.js';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { baseSuites } from '../rehearsal/base-root.js';
import { freeAddresses } from '../rehearsal/bridge.js';
import type { CgroupVersion } from '../rehearsal/cgroups.js';
import type { RehearsalHost } from '../rehearsal/host.js';
import { rehearsalIsland, type IslandSource } from '../rehearsal/island-document.js';
import { assertMachine } from '../rehearsal/machine.js';
import { rehearsalFolder } from '../rehearsal/places.js';
import { planRehearsal } from '../rehearsal/plan.js';
import { baseImage, breakGround, claimIsland, raiseHost, type Ground } from '../rehearsal/raise.js';
import { takeDown } from '../rehearsal/take-down.js';
import { archivesFor } from '../sources/apt/places.js';
import { taskUi } from '../ui/task-ui.js';
import { runTasks, type TaskReport } from '../ui/tasks.js';

export interface UpRequest {
  readonly source: IslandSource;
  /** The rehearsal's name; the island's where it is left out. */
  readonly name?: string;
  /** `said`: the hosts get the addresses of the file; `free`: some of a range that this machine does not use. */
  readonly addresses: 'said' | 'free';
}

/** An island that stands, and what one needs to reach it. */
export interface StandingIsland {
  readonly name: string;
  readonly islandFile: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** There where a host's sudo asks for a password. */
  readonly sudoPasswordFile: string | undefined;
  readonly hosts: readonly RehearsalHost[];
}

export interface Run {
  readonly settings: Settings;
  readonly context: Context;
}

interface Place extends Run {
  readonly rehearsals: string;
  readonly version: CgroupVersion;
}

/**
 * Boots every host of an island file on this machine, and writes an island file beside it that has the hosts' own
 * keys pinned. What was made is taken away again where it fails.
 *
 * @throws {WireOfflineError} ISLAND_INVALID, REHEARSAL_NETWORK_UNUSABLE, REHEARSAL_NETWORK_TAKEN, REHEARSAL_EXISTS,
 * REHEARSAL_BOOT_FAILED; what `assertMachine` throws; TOOL_FAILED where the base root cannot be made.
 */
export async function rehearseUp(request: UpRequest, run: Run): Promise<StandingIsland> {
  const { context } = run;
  const { island } = await rehearsalIsland(request.source, changesOf(request));
  planRehearsal(island);
  const version = await assertMachine(context);
  const place = { ...run, rehearsals: rehearsalFolder(context.env), version };
  const image = await task('base root', (report) => baseRoot(place, report), run);
  await claimIsland(island.name, place);
  try {
    const ground = await task('network', () => findGround(request, { ...place, image }), run);
    return await writeIsland(request, { ground, hostKeys: await bootAll(ground, run) });
  } catch (error) {
    // A stopped run still takes away what it made: its own signal would stop that too.
    const { signal } = new AbortController();
    await takeDown({ ...place, name: island.name }, { env: context.env, signal });
    throw error;
  }
}

function changesOf({ name }: UpRequest): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

/** Runs one piece of work under a title, and gives what it gives. */
async function task<T>(
  title: string,
  work: (report: TaskReport) => Promise<T>,
  { settings, context }: Run,
): Promise<T> {
  const results: T[] = [];
  const one = async (report: TaskReport): Promise<void> => {
    results.push(await work(report));
  };
  await runTasks([{ title, run: one }], taskUi(settings, context));
  const [result] = results;
  if (result === undefined) throw new TypeError(`${title} gave nothing`);
  return result;
}

/** The sources are those of this machine, or the mirrors of the settings. */
async function baseRoot({ settings, context }: Place, report: TaskReport): Promise<string> {
  const { env, signal } = context;
  const sourceLines = async (): Promise<readonly string[]> => {
    report.note('made once, which takes a minute');
    const mirrors = settings.mirrors.apt ?? [];
    const archives = await archivesFor(baseSuites, { mirrors, env, signal });
    return [...archives].map(([suite, [url]]) => `deb ${url} ${suite} main`);
  };
  return baseImage({ cache: settings.cache, sourceLines }, context);
}

/** A free range may be another island's a moment later: then the next one is tried. */
async function findGround(
  request: UpRequest,
  place: Place & { readonly image: string },
): Promise<Ground> {
  const { context, rehearsals, version, image } = place;
  for (;;) {
    const { island } = await rehearsalIsland(request.source, {
      ...changesOf(request),
      ...(await addressesFor(request, context)),
    });
    const given = { island: planRehearsal(island), version, baseImage: image, rehearsals };
    try {
      return await breakGround(given, context);
    } catch (error) {
      const isTaken = error instanceof WireOfflineError && error.code === 'REHEARSAL_NETWORK_TAKEN';
      if (!isTaken || request.addresses === 'said') throw error;
    }
  }
}

async function addressesFor(
  { source, addresses }: UpRequest,
  context: Context,
): Promise<{ readonly addresses?: readonly string[] }> {
  if (addresses === 'said') return {};
  const { island } = await rehearsalIsland(source, {});
  return { addresses: await freeAddresses(island.hosts.length, context) };
}

/** Boots the hosts, several at once, and gives their public keys by name. */
async function bootAll(
  ground: Ground,
  { settings, context }: Run,
): Promise<ReadonlyMap<string, string>> {
  const hostKeys = new Map<string, string>();
  const boot = {
    title: 'boot',
    concurrency: settings.concurrency,
    tasks: () =>
      ground.island.hosts.map((host) => ({
        title: host.name,
        run: async () => {
          hostKeys.set(host.name, await raiseHost(host, ground, context));
        },
      })),
  };
  await runTasks([boot], taskUi(settings, context));
  return hostKeys;
}

async function writeIsland(
  request: UpRequest,
  { ground, hostKeys }: { ground: Ground; hostKeys: ReadonlyMap<string, string> },
): Promise<StandingIsland> {
  const { places, island } = ground;
  const { name, hosts } = island;
  const addresses = hosts.map(({ address }) => address);
  const { text } = await rehearsalIsland(request.source, { name, addresses, hostKeys });
  const about = `# Rehearsal of ${request.source.file}: these hosts last until wire-offline rehearse down ${name}\n`;
  await writeFile(places.islandFile, `${about}${text}`, { mode: 0o600 });
  await writeFile(places.knownHostsFile, knownHosts(hosts, hostKeys), { mode: 0o600 });
  const asks = hosts.some(({ sudo }) => sudo === 'prompt');
  return {
    ...{ name, islandFile: places.islandFile, hosts },
    ...{ keyFile: places.keyFile, knownHostsFile: places.knownHostsFile },
    sudoPasswordFile: asks ? places.sudoPasswordFile : undefined,
  };
}

/** Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
function knownHosts(
  hosts: readonly RehearsalHost[],
  hostKeys: ReadonlyMap<string, string>,
): string {
  return hosts
    .map(({ name, address, port }) => {
      const place = port === 22 ? address : `[${address}]:${String(port)}`;
      return `${place} ${hostKeys.get(name) ?? ''}\n`;
    })
    .join('');
}
