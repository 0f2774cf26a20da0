import { dirname, basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../bundle/canonical-json.js';
import { sourceKinds, type SourceKind } from '../bundle/component.js';
import { nameSchema } from '../bundle/names.js';
import { writeOutput } from '../bundle/output-file.js';
import { digestOf, digestSchema, type Digest } from '../digest.js';
import { WireOfflineError, type Problem } from '../errors.js';
import { listKnownKeys } from '../input/issues.js';
import { readSmallFile } from '../input/small-file.js';
import { readYaml, toYaml, type Locate } from '../input/yaml-document.js';
import {
  apiVersion,
  kindsNamedIn,
  type ComponentSpec,
  type Kinds,
  type KindSchemas,
} from './schema.js';

/** A lock of everything an island needs pins some thousand packages. */
const maxLockBytes = 32 * 1024 * 1024;

const recipeEnding = '.recipe.yaml';

/** What a lock keeps of one component. */
export interface LockedComponent {
  readonly kind: SourceKind;
  /** The digest of the spec that was locked. */
  readonly spec: Digest;
  /** As its kind of source wrote it. */
  readonly pin: unknown;
}

export interface Lock {
  /** When a pin last changed, in UTC to the second. */
  readonly lockedAt: string;
  readonly components: ReadonlyMap<string, LockedComponent>;
}

export interface LockPlace {
  /** As the user would name it. */
  readonly file: string;
  /** What `file` is relative to. */
  readonly cwd: string;
}

/**
 * The lock's file: beside its recipe.
 *
 * @throws {WireOfflineError} RECIPE_INVALID where the recipe's name has no `.recipe.yaml` to put `.lock.yaml` for.
 */
export function lockFileOf(recipeFile: string): string {
  const name = basename(recipeFile);
  if (name.endsWith(recipeEnding) && name !== recipeEnding)
    return join(dirname(recipeFile), `${name.slice(0, -recipeEnding.length)}.lock.yaml`);
  throw new WireOfflineError('RECIPE_INVALID', {
    message: `recipe ${recipeFile}: expected a name that ends in ${recipeEnding}, got ${name}`,
    hint: `rename it: its lock lies beside it as NAME.lock.yaml`,
  });
}

/** The digest that tells whether a spec is the one that was locked: of its canonical JSON, defaults filled in. */
export function specDigest({ kind, spec }: ComponentSpec): Digest {
  return digestOf(canonicalJson({ kind, spec: plain(spec) }));
}

/**
 * Reads a lock; nothing where there is none.
 *
 * @throws {WireOfflineError} LOCK_INVALID where it is not as `recipe lock` wrote it.
 */
export async function readLock({ file, cwd }: LockPlace, kinds: Kinds): Promise<Lock | undefined> {
  const read = await readSmallFile(resolve(cwd, file), maxLockBytes);
  if (!read.ok) {
    if (read.absent) return undefined;
    const problem = { where: file, expected: 'a file that can be read', got: read.got };
    throw invalid(file, { problems: [problem], cause: read.cause });
  }
  const source = { file, bytes: read.bytes, maxBytes: maxLockBytes };
  const reading = await readYaml(source, async (said) =>
    lockSchema(await kindsNamedIn(said, kinds)),
  );
  if (!reading.ok) throw invalid(file, reading);
  const problems = brokenSeals(reading.value, reading.locate);
  if (problems.length > 0) throw invalid(file, { problems });
  const { lockedAt, components } = reading.value;
  const locked = Object.entries(components).map(
    ([name, { kind, spec, pin }]) => [name, { kind, spec, pin }] as const,
  );
  return { lockedAt, components: new Map(locked) };
}

/** A lock's text: the same for the same pins, components by name, nothing of where anything was taken from. */
export function lockText({ lockedAt, components }: Lock): string {
  const byName = [...components].sort(([left], [right]) => (left < right ? -1 : 1));
  return toYaml({
    apiVersion,
    kind: 'Lock',
    lockedAt,
    components: Object.fromEntries(
      byName.map(([name, component]) => {
        const { kind, spec, pin } = component;
        return [name, { kind, spec, seal: sealOf(component), pin: plain(pin) }];
      }),
    ),
  });
}

/**
 * Writes a lock whole or not at all, in the place of the one that is there.
 *
 * @throws {WireOfflineError} OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function writeLock({ file, cwd }: LockPlace, lock: Lock): Promise<void> {
  await writeOutput({ file: resolve(cwd, file), force: true }, async (handle) => {
    await handle.writeFile(lockText(lock));
  });
}

/** Whether two pins are the same. */
export function samePin(left: unknown, right: unknown): boolean {
  return canonicalJson(plain(left)) === canonicalJson(plain(right));
}

type SealedComponent = LockedComponent & { readonly seal: Digest };

interface LockFile {
  readonly lockedAt: string;
  readonly components: Readonly<Record<string, SealedComponent>>;
}

function lockSchema(kinds: readonly KindSchemas[]): z.ZodType<LockFile> {
  return z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Lock'),
    lockedAt: z.iso.datetime({ precision: 0, error: 'a time such as 2026-03-01T00:00:00Z' }),
    components: z.record(nameSchema, lockedSchema(kinds)),
  });
}

/** The pin is checked by its kind, with positions, and kept as it was written. */
function lockedSchema(kinds: readonly KindSchemas[]): z.ZodType<SealedComponent> {
  const fields = z.strictObject({
    kind: z.enum(sourceKinds),
    spec: digestSchema,
    seal: digestSchema,
    pin: z.unknown(),
  });
  return fields.transform((value, context) => {
    const schema = kinds.find(({ kind }) => kind === value.kind)?.pinSchema ?? z.unknown();
    const pin = schema.safeParse(value.pin, { error: listKnownKeys });
    if (pin.success) return value;
    for (const issue of pin.error.issues)
      context.issues.push({ ...issue, path: ['pin', ...issue.path], input: undefined });
    return z.NEVER;
  });
}

/** A pin was proven when it was locked; one that was changed since by hand was not. */
function brokenSeals({ components }: LockFile, locate: Locate): Problem[] {
  return Object.entries(components).flatMap(([name, component]): Problem[] => {
    if (sealOf(component) === component.seal) return [];
    const expected = 'a component as recipe lock wrote it';
    return [{ where: locate(['components', name]), expected, got: 'one that was changed by hand' }];
  });
}

function sealOf({ kind, spec, pin }: LockedComponent): Digest {
  return digestOf(canonicalJson({ kind, spec, pin: plain(pin) }));
}

/** Plain data with sorted keys; what is undefined is absent. */
function plain(value: unknown): unknown {
  return JSON.parse(canonicalJson(JSON.parse(JSON.stringify(value))));
}

function invalid(
  file: string,
  { problems, cause }: { readonly problems: readonly Problem[]; readonly cause?: unknown },
): WireOfflineError {
  return new WireOfflineError('LOCK_INVALID', {
    message: `lock ${file} is not valid`,
    problems,
    hint: 'take back the change to the file, or remove the file and lock everything again: wire-offline recipe lock RECIPE',
    cause,
  });
}
