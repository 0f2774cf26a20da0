import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { parseJson } from '../input/json.js';
import { overlap } from '../island/fields.js';
import {
  bridgeAlias,
  claimBridge,
  fenceScript,
  raiseBridge,
  type RehearsalNetwork,
} from './network.js';
import { attempt, perform, type RehearsalRun } from './programs.js';

const interfaces = '/sys/class/net';

const routesSchema = z.array(z.object({ dst: z.string(), dev: z.string() }));

/**
 * Makes an island's bridge, fenced, with this machine's address on it.
 *
 * @throws {WireOfflineError} REHEARSAL_NETWORK_TAKEN where this machine has, or reaches, the range already.
 */
export async function makeBridge(
  network: RehearsalNetwork,
  island: string,
  run: RehearsalRun,
): Promise<void> {
  const { bridge } = network;
  const user = (await rangesInUse(run)).find(({ range }) => overlap(range, rangeOf(network)));
  if (user !== undefined) throw taken(network, `${user.range} on ${user.device}`);
  const { exitCode, stderr } = await attempt(claimBridge(network), run);
  if (exitCode !== 0) throw taken(network, (await aliasOf(bridge)) ?? stderr.trim());
  for (const argv of raiseBridge(network, island))
    await perform(argv, run, argv[0] === 'nft' ? fenceScript(network) : undefined);
}

/**
 * A range of `10.77.0.0/16` that this machine neither has nor reaches, for `count` hosts from address 11 on.
 *
 * @throws {WireOfflineError} REHEARSAL_NETWORK_TAKEN where there is none left.
 */
export async function freeAddresses(count: number, run: RehearsalRun): Promise<readonly string[]> {
  const used = await rangesInUse(run);
  for (let third = 0; third < 256; third++) {
    const range = `10.77.${String(third)}.0/24`;
    if (used.some((one) => overlap(one.range, range))) continue;
    return Array.from(
      { length: count },
      (_, index) => `10.77.${String(third)}.${String(11 + index)}`,
    );
  }
  throw new WireOfflineError('REHEARSAL_NETWORK_TAKEN', {
    message: 'network 10.77.0.0/16: expected a /24 of it to be free, found none',
    hint: 'take rehearsals down: wire-offline rehearse list',
  });
}

/** The bridges of an island, by the name that the kernel keeps on them. */
export async function bridgesOf(island: string): Promise<readonly string[]> {
  const names = (await readdir(interfaces)).filter((name) => /^wob[0-9a-f]{8}$/.test(name));
  const aliases = await Promise.all(names.map(aliasOf));
  return names.filter((_, index) => aliases[index] === bridgeAlias(island));
}

/** Takes a bridge and its fence away, where they are there. */
export async function removeBridge(bridge: string, run: RehearsalRun): Promise<void> {
  if ((await aliasOf(bridge)) !== undefined)
    await perform(['ip', 'link', 'delete', 'dev', bridge], run);
  const tables = await perform(['nft', 'list', 'tables', 'inet'], run);
  if (tables.split('\n').includes(`table inet ${bridge}`))
    await perform(['nft', 'delete', 'table', 'inet', bridge], run);
}

/** What an interface is called for people; empty where it was not, nothing where there is no such interface. */
export async function aliasOf(name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(interfaces, name, 'ifalias'), 'utf8')).trim();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether a host's cable is plugged in; nothing where the host is off. */
export async function linkState(name: string): Promise<'up' | 'cut' | undefined> {
  try {
    const flags = Number(await readFile(join(interfaces, name, 'flags'), 'utf8'));
    // Source: Linux, include/uapi/linux/if.h, IFF_UP.
    return flags % 2 === 1 ? 'up' : 'cut';
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

interface UsedRange {
  readonly range: string;
  readonly device: string;
}

async function rangesInUse(run: RehearsalRun): Promise<readonly UsedRange[]> {
  const said = await perform(['ip', '-json', '-4', 'route', 'show', 'table', 'main'], run);
  const routes = routesSchema.parse(parseJson(said === '' ? '[]' : said));
  return routes
    .filter(({ dst }) => dst !== 'default')
    .map(({ dst, dev }) => ({ range: dst.includes('/') ? dst : `${dst}/32`, device: dev }));
}

function rangeOf({ address, prefixLength }: RehearsalNetwork): string {
  return `${address}/${String(prefixLength)}`;
}

function taken(network: RehearsalNetwork, by: string): WireOfflineError {
  return new WireOfflineError('REHEARSAL_NETWORK_TAKEN', {
    message: `network ${rangeOf(network)}: expected nothing of it on this machine, got ${by}`,
    hint: 'take the other island down: wire-offline rehearse list; or rehearse with other addresses',
  });
}
