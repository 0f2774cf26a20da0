import parse from 'semver/functions/parse.js';
import { z } from 'zod';
import { digestSchema } from '../digest.js';
import { proofMethods, sourceKinds } from './component.js';
import { bundleSchemaVersion, maxEntryBytes } from './layout.js';
import {
  imageRefSchema,
  itemPathSchema,
  nameSchema,
  sentenceSchema,
  upstreamNameSchema,
} from './names.js';

/** A full bundle stands alone; a delta carries only what its base lacks; a patch replaces named components. */
export const bundleKinds = ['full', 'delta', 'patch'] as const;

/** The architectures that Debian, OCI and Go all call so. */
export const architectures = ['amd64', 'arm64'] as const;

/** What a file item is; container images are items of their own shape. */
export const fileKinds = ['deb', 'file', 'chart'] as const;

const semverSchema = z
  .string()
  .max(128)
  .refine((text) => parse(text)?.raw === text, 'a semantic version such as 1.2.3');

/** Seconds in UTC and nothing finer: `2026-03-01T00:00:00Z`. */
const instantSchema = z.string().refine(isInstant, 'a time such as 2026-03-01T00:00:00Z');

/** Manifests of one image; a manifest list is never one, and schema 1 has no digests of its parts. */
const imageManifestTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const blobFields = { digest: digestSchema, size: z.int().min(0).max(maxEntryBytes) };

const fileItemSchema = z.strictObject({
  kind: z.enum(fileKinds),
  name: upstreamNameSchema,
  version: upstreamNameSchema,
  path: itemPathSchema,
  executable: z.boolean(),
  ...blobFields,
});

const imageItemSchema = z.strictObject({
  kind: z.literal('image'),
  name: upstreamNameSchema,
  version: upstreamNameSchema,
  ref: imageRefSchema,
  manifest: z.strictObject({
    mediaType: z
      .string()
      .refine((type) => imageManifestTypes.includes(type), 'the type of an image manifest'),
    ...blobFields,
  }),
  /** The config and the layers. */
  blobs: z.array(z.strictObject(blobFields)),
});

const componentSchema = z.strictObject({
  name: nameSchema,
  kind: z.enum(sourceKinds),
  version: upstreamNameSchema,
  upstream: sentenceSchema,
  proof: z.strictObject({ method: z.enum(proofMethods), detail: sentenceSchema }),
  suite: nameSchema.optional(),
  /** The OCI artifact that lists the component's files; absent where the items are images. */
  manifest: z.strictObject(blobFields).optional(),
  /** Only images, or only files. */
  items: z.array(z.discriminatedUnion('kind', [fileItemSchema, imageItemSchema])).min(1),
  /** Names of components that this one takes the place of. */
  replaces: z.array(nameSchema),
  /** The range of versions of the bundle on the island that it may be put on; null for any. */
  appliesTo: sentenceSchema.nullable(),
  /** Versions of stored data that it can read, and the one it writes; null where it stores none. */
  dataVersion: z
    .strictObject({ reads: z.array(z.int().min(0)), writes: z.int().min(0) })
    .nullable(),
});

const entrySchema = z.strictObject({
  name: z.string().max(100),
  ...blobFields,
  /** Whether its bytes are in this file or already on the island. */
  in: z.enum(['bundle', 'base']),
});

/** All that is true of a bundle whatever it contains. */
const headSchema = z.strictObject({
  name: nameSchema,
  version: semverSchema,
  channel: nameSchema,
  /** Only grows on a channel. */
  sequence: z.int().min(1),
  kind: z.enum(bundleKinds),
  /** Identities of the bundles that a delta or patch builds on. */
  requires: z.array(digestSchema),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  arch: z.enum(architectures),
  /** The oldest wire-offline that understands it, and why an older one does not. */
  minCli: z.strictObject({ version: semverSchema, reason: sentenceSchema }),
});

/** `bundle.json`: what the signatures stand for. */
export const documentSchema = headSchema.extend({
  schemaVersion: z.literal(bundleSchemaVersion),
  components: z.array(componentSchema),
  entries: z.array(entrySchema),
});

/** What is read of a document of any version, so that a newer one is refused in words. */
export const documentEnvelopeSchema = z.object({
  schemaVersion: z.int(),
  minCli: z.object({ version: semverSchema, reason: sentenceSchema }),
});

export type BundleHead = Readonly<z.infer<typeof headSchema>>;
export type BundleDocument = Readonly<z.infer<typeof documentSchema>>;
export type BundleComponent = Readonly<z.infer<typeof componentSchema>>;
export type BundleItem = Readonly<z.infer<typeof componentSchema>['items'][number]>;
export type BundleEntry = Readonly<z.infer<typeof entrySchema>>;

function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().replace('.000Z', 'Z') === text;
}
