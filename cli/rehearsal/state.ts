import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { nameSchema } from '../bundle/names.js';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { parseJson } from '../input/json.js';
import { addressSchema, directorySchema, hostNameSchema, userSchema } from '../island/fields.js';
import { makeFolder } from '../store/make-folder.js';
import type { RehearsalIsland } from './host.js';
import { islandPlaces } from './places.js';

const hostSchema = z.strictObject({
  name: hostNameSchema,
  address: addressSchema,
  port: z.int().min(1).max(65_535),
  user: userSchema,
  sudo: z.enum(['none', 'prompt']),
  memoryBytes: z.int().positive(),
  cores: z.int().positive(),
  disks: z.array(z.strictObject({ path: directorySchema, sizeBytes: z.int().positive() })),
});

const stateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: nameSchema,
  network: z.strictObject({
    address: z.ipv4(),
    prefixLength: z.int().min(16).max(24),
    bridgeAddress: z.ipv4(),
    bridge: z.string().regex(/^wob[0-9a-f]{8}$/),
  }),
  hosts: z.array(hostSchema).min(1),
});

/**
 * Makes the folder of an island, which is how its name is taken.
 *
 * @throws {WireOfflineError} REHEARSAL_EXISTS
 */
export async function claimName(rehearsals: string, name: string): Promise<void> {
  await makeFolder(rehearsals);
  try {
    await mkdir(islandPlaces(rehearsals, name).folder, { mode: 0o700 });
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) throw alreadyStands(name);
    throw error;
  }
}

/** The refusal of a name that an island has. */
export function alreadyStands(name: string): WireOfflineError {
  return new WireOfflineError('REHEARSAL_EXISTS', {
    message: `rehearsal ${name}: expected none of that name, found one`,
    hint: `take it down: wire-offline rehearse down ${name}; or choose another: --name NAME`,
  });
}

/** Writes down what an island is, before any of it is made. */
export async function writeState(rehearsals: string, island: RehearsalIsland): Promise<void> {
  const { stateFile } = islandPlaces(rehearsals, island.name);
  const text = JSON.stringify({ schemaVersion: 1, ...island }, null, 2);
  await writeFile(stateFile, `${text}\n`, { mode: 0o600 });
}

/** What was written down of an island, or nothing where it is not there or not whole. */
export async function readState(
  rehearsals: string,
  name: string,
): Promise<RehearsalIsland | undefined> {
  try {
    const text = await readFile(islandPlaces(rehearsals, name).stateFile, 'utf8');
    const parsed = stateSchema.safeParse(parseJson(text));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The names of the islands that have a folder, in order. */
export async function statedNames(rehearsals: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(rehearsals), { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter((name) => nameSchema.safeParse(name).success).sort();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return [];
    throw error;
  }
}
