import { resolve } from 'node:path';
import { WireOfflineError, type Problem } from '../errors.js';
import { readSmallFile } from '../input/small-file.js';
import { readYaml } from '../input/yaml-document.js';
import { maxYamlBytes } from '../input/yaml-syntax.js';
import { deriveIsland } from './derive.js';
import type { Island } from './island.js';
import { brokenRules, duplicates } from './rules.js';
import { islandFileSchema } from './schema.js';

export interface IslandLocation {
  /** As the user named it; problems start with it. */
  readonly file: string;
  /** What `file` is relative to. */
  readonly cwd: string;
}

/**
 * Reads an island file, checks all of it and derives what it leaves out. No host is touched.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE, ISLAND_INVALID with all problems at once
 */
export async function readIsland({ file, cwd }: IslandLocation): Promise<Island> {
  return parseIsland({ file, bytes: await readIslandBytes({ file, cwd }) });
}

/**
 * The bytes of an island file, whatever they say.
 *
 * @throws {WireOfflineError} ISLAND_UNREADABLE
 */
export async function readIslandBytes({ file, cwd }: IslandLocation): Promise<Uint8Array> {
  const read = await readSmallFile(resolve(cwd, file), maxYamlBytes);
  if (read.ok) return read.bytes;
  throw new WireOfflineError('ISLAND_UNREADABLE', {
    message: `island file ${file}: expected a file that can be read, got ${read.got}`,
    hint: 'name an existing one, or make one: wire-offline island init --profile ha-compact',
    cause: read.cause,
  });
}

/**
 * The island that the bytes of an island file mean.
 *
 * @throws {WireOfflineError} ISLAND_INVALID with all problems at once
 */
export async function parseIsland(source: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): Promise<Island> {
  const { file } = source;
  const reading = await readYaml(source, () => Promise.resolve(islandFileSchema));
  if (!reading.ok) {
    const { unchecked, problems, cause } = reading;
    const more = unchecked === undefined ? [] : duplicates(unchecked.value, unchecked.locate);
    throw invalid(file, [...problems, ...more], cause);
  }
  const { value, locate } = reading;
  const problems = [...duplicates(value, locate), ...brokenRules(value, locate)];
  if (problems.length > 0) throw invalid(file, problems);
  return deriveIsland(value, { file, locate });
}

function invalid(file: string, problems: readonly Problem[], cause?: unknown): WireOfflineError {
  return new WireOfflineError('ISLAND_INVALID', {
    message: `island file ${file} is not valid`,
    problems,
    hint: 'mend the places named; see: wire-offline docs island',
    cause,
  });
}
