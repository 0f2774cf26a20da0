import parse from 'semver/functions/parse.js';
import { z } from 'zod';
import { sourceKinds, type SourceKind } from '../bundle/component.js';
import { listKnownKeys } from '../input/issues.js';
import { nameSchema, sentenceSchema } from '../bundle/names.js';

/** The version of recipes and locks that this tool reads and writes. */
export const apiVersion = 'wire-offline/v1';

/** What a recipe needs to know of a kind of source. */
export interface KindSchemas {
  readonly kind: SourceKind;
  readonly specSchema: z.ZodType;
  readonly pinSchema: z.ZodType;
}

/** All kinds of source, each loaded when a file names it. */
export type Kinds = Readonly<Record<SourceKind, () => Promise<KindSchemas>>>;

/** The kinds that the components of a file name, whatever else is wrong with the file. */
export async function kindsNamedIn(file: unknown, kinds: Kinds): Promise<readonly KindSchemas[]> {
  const named = componentsOf(file).map(kindOf);
  return Promise.all(
    sourceKinds.filter((kind) => named.includes(kind)).map((kind) => kinds[kind]()),
  );
}

/** What a recipe says of a component whatever its kind. */
const headFields = {
  name: nameSchema,
  /** Names of components of earlier bundles that this one takes the place of. */
  replaces: z.array(nameSchema).optional(),
  /** The versions of an island's bundle that it may be put on. */
  appliesTo: sentenceSchema.optional(),
  /** Versions of stored data that it reads, and the one it writes. */
  dataVersion: z
    .strictObject({ reads: z.array(z.int().min(0)), writes: z.int().min(0) })
    .optional(),
};

/** One component as its recipe says it. */
export interface ComponentSpec extends Readonly<z.infer<z.ZodObject<typeof headFields>>> {
  readonly kind: SourceKind;
  /** What its kind of source takes, defaults filled in: plain data, all that the lock is about. */
  readonly spec: unknown;
}

const versionSchema = z
  .string()
  .max(64)
  .refine(
    (text) => /^[0-9]\S*$/.test(text) && parse(text) !== null,
    'a semantic version such as 1.2.3 (semver.org)',
  );

/** Relative, so that a folder of recipes means the same wherever it lies. */
export const includePathSchema = z
  .string()
  .max(512)
  .refine(
    (path) =>
      /^(?!\/)[\x20-\x5b\x5d-\x7e]+\.recipe\.yaml$/.test(path) && !/^[a-z0-9+.-]+:/i.test(path),
    'a relative path, with forward slashes, of a file whose name ends in .recipe.yaml',
  );

const shared = {
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Recipe'),
  include: z.array(includePathSchema).max(100).default([]),
};

const identity = {
  name: nameSchema,
  version: versionSchema,
  channel: nameSchema,
  sequence: z.int().min(1),
  /** The component whose `bin/node` runs this tool on a bare admin host. */
  bootstrap: nameSchema.optional(),
};

/** A recipe file as the one that was named, for the given kinds of source. */
export function recipeSchema(kinds: readonly KindSchemas[]): z.ZodType<RecipeFile> {
  return z.strictObject({ ...shared, ...identity, components: componentsSchema(kinds) });
}

/** A recipe file as one that another includes: the identity is that of the one that was named. */
export function includedSchema(kinds: readonly KindSchemas[]): z.ZodType<IncludedFile> {
  const partial = z.strictObject(identity).partial().shape;
  return z.strictObject({ ...shared, ...partial, components: componentsSchema(kinds) });
}

/** What any recipe file gives to the one that was named. */
export interface IncludedFile {
  readonly include: readonly string[];
  readonly components: readonly ComponentSpec[];
}

export interface RecipeFile extends IncludedFile {
  readonly name: string;
  readonly version: string;
  readonly channel: string;
  readonly sequence: number;
  readonly bootstrap?: string | undefined;
}

function componentsSchema(kinds: readonly KindSchemas[]): z.ZodType<readonly ComponentSpec[]> {
  return z.array(componentSchema(kinds)).max(10_000).default([]);
}

/** Checks the common fields and the kind's own together, so that all of a component's problems show at once. */
function componentSchema(kinds: readonly KindSchemas[]): z.ZodType<ComponentSpec> {
  const head = z.object({ ...headFields, kind: z.enum(sourceKinds) });
  return z.looseObject({}).transform((value, context): ComponentSpec => {
    const own = Object.entries(value).filter(([key]) => !(key in head.shape));
    const known = kinds.find(({ kind }) => kind === value['kind']);
    const common = head.safeParse(value, { error: listKnownKeys });
    const spec = (known?.specSchema ?? z.unknown()).safeParse(Object.fromEntries(own), {
      error: listKnownKeys,
    });
    for (const issue of [...(common.error?.issues ?? []), ...(spec.error?.issues ?? [])])
      context.issues.push({ ...issue, input: undefined });
    if (!common.success || !spec.success) return z.NEVER;
    return { ...common.data, spec: spec.data };
  });
}

/** A recipe has a list of them, a lock has them by name. */
function componentsOf(file: unknown): readonly unknown[] {
  const isFile = typeof file === 'object' && file !== null && 'components' in file;
  return isFile ? Object.values(file.components ?? {}) : [];
}

function kindOf(component: unknown): unknown {
  const isOne = typeof component === 'object' && component !== null && 'kind' in component;
  return isOne ? component.kind : undefined;
}
