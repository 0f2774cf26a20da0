import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { digestOf, digestSchema, type Blob, type Digest } from '../../digest.js';
import type { Collected } from '../../bundle/component.js';
import { WireOfflineError } from '../../errors.js';
import { fingerprint, readCosignKey } from './cosign.js';
import { checkPinned, findSignature, signaturePinSchema, type Signed } from './signature.js';
import {
  blobsOf,
  checkConfig,
  chooseImage,
  invalid,
  isIndex,
  manifestTypes,
  maxManifestBytes,
  parseManifest,
} from './manifest.js';
import { parseReference, referenceSchema, type ImageReference } from './reference.js';
import { Repository } from './registry.js';
import type { Source, SourceTools } from '../source.js';

const specSchema = z
  .strictObject({
    /** `registry.example/group/name:tag`, or with `@sha256:...`; always with its registry. */
    image: referenceSchema,
    platform: z
      .string()
      .regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'a platform such as linux/amd64')
      .default('linux/amd64'),
    /** The name and tag it has on the island, where that is another. */
    as: referenceSchema.optional(),
    /** The public key of the image's maker, a file beside the recipe. */
    cosignKey: z.string().min(1).optional(),
    /** The name that the maker must have signed the image under; any where it is not given. */
    cosignIdentity: z.string().min(1).optional(),
  })
  .refine(({ image, as }) => parseReference(as ?? image)?.tag !== undefined, {
    path: ['as'],
    message: 'a name with a tag, since the image is named by its digest alone',
  })
  .refine(
    ({ cosignKey, cosignIdentity }) => cosignKey !== undefined || cosignIdentity === undefined,
    {
      path: ['cosignKey'],
      message: 'a key, since cosignIdentity means nothing without one',
    },
  );

const pinnedBlob = { digest: digestSchema, sizeBytes: z.int().nonnegative() };

const pinSchema = z.strictObject({
  /** What the reference named: an index, where the image is for several platforms. */
  index: digestSchema.optional(),
  manifest: z.strictObject({ ...pinnedBlob, mediaType: z.enum(manifestTypes) }),
  signature: signaturePinSchema.optional(),
});

export type OciSpec = z.infer<typeof specSchema>;
export type OciPin = z.infer<typeof pinSchema>;

/** Container images of one platform, from registries that speak the OCI distribution protocol. */
export const ociSource: Source<OciSpec, OciPin> = {
  kind: 'oci',
  specSchema,
  pinSchema,

  async lock(spec, tools) {
    const image = referenceOf(spec.image);
    const repository = new Repository(image, tools);
    const { index, manifest } = await resolve(spec, { image, repository });
    await blobsNamedBy(spec, { manifest, repository, tools });
    if (spec.cosignKey === undefined) return { ...(index && { index }), manifest };
    const signed = await signedImage(spec, { index, manifest: manifest.digest, tools });
    const signature = await findSignature(signed, { repository, store: tools.store });
    return { ...(index && { index }), manifest, signature };
  },

  async collect(spec, pin, tools) {
    const repository = new Repository(referenceOf(spec.image), tools);
    const proof = await prove(spec, pin, { repository, tools });
    const { manifest } = pin;
    const blobs = await blobsNamedBy(spec, { manifest, repository, tools });
    await Promise.all(blobs.map((blob) => repository.blob(blob)));
    return collected(spec, { manifest, blobs, proof });
  },

  images: (spec, { manifest }) => [{ ref: nameOnIsland(spec).ref, digest: manifest.digest }],
};

function referenceOf(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new TypeError(`${text} passed the schema and is no reference`);
  return reference;
}

type PinnedManifest = OciPin['manifest'];

interface Resolved {
  readonly index: Digest | undefined;
  readonly manifest: PinnedManifest;
}

/** What the reference means today: from a tag to an index to the manifest of one platform. */
async function resolve(
  { platform }: OciSpec,
  { image, repository }: { readonly image: ImageReference; readonly repository: Repository },
): Promise<Resolved> {
  const top = await repository.manifest(image.digest ?? image.tag ?? '');
  if (top === undefined) throw gone(image);
  if (!isIndex(top)) {
    const { digest, bytes, mediaType } = top;
    const manifest = { digest, sizeBytes: bytes.byteLength, mediaType };
    return { index: undefined, manifest: z.parse(pinSchema.shape.manifest, manifest) };
  }
  const manifest = z.parse(pinSchema.shape.manifest, chooseImage(top, platform));
  return { index: top.digest, manifest };
}

/** Brings the manifest and the config into the store, checks both, and gives the config and the layers. */
async function blobsNamedBy(
  { image, platform }: OciSpec,
  from: {
    readonly manifest: PinnedManifest;
    readonly repository: Repository;
    readonly tools: SourceTools;
  },
): Promise<readonly Blob[]> {
  const { manifest, repository, tools } = from;
  await repository.storedManifest(manifest);
  const { mediaType } = manifest;
  const raw = { what: image, mediaType, bytes: await readBlob(manifest.digest, tools) };
  const parsed = parseManifest(raw);
  const blobs = blobsOf(parsed, image);
  const { digest, size: sizeBytes, mediaType: configType } = parsed.config;
  if (sizeBytes > maxManifestBytes)
    throw invalid(
      image,
      `a config of at most ${String(maxManifestBytes)} bytes`,
      String(sizeBytes),
    );
  await repository.blob({ digest, sizeBytes });
  const config = { what: image, mediaType: configType, bytes: await readBlob(digest, tools) };
  checkConfig(config, platform);
  return blobs;
}

async function prove(
  spec: OciSpec,
  pin: OciPin,
  { repository, tools }: { readonly repository: Repository; readonly tools: SourceTools },
): Promise<Collected['proof']> {
  if (spec.cosignKey === undefined)
    return { method: 'oci-digest', detail: pin.index ?? pin.manifest.digest };
  const signed = await signedImage(spec, {
    index: pin.index,
    manifest: pin.manifest.digest,
    tools,
  });
  await checkPinned(signed, pin.signature, { repository, store: tools.store });
  return { method: 'cosign-key', detail: fingerprint(signed.key) };
}

async function signedImage(
  { image, cosignKey = '', cosignIdentity }: OciSpec,
  by: {
    readonly index: Digest | undefined;
    readonly manifest: Digest;
    readonly tools: SourceTools;
  },
): Promise<Signed> {
  const key = await readCosignKey(cosignKey, by.tools.recipeFolder);
  const digests = by.index === undefined ? [by.manifest] : [by.index, by.manifest];
  return { what: image, key, digests, identity: cosignIdentity };
}

function collected(
  spec: OciSpec,
  got: {
    readonly manifest: PinnedManifest;
    readonly blobs: readonly Blob[];
    readonly proof: Collected['proof'];
  },
): Collected {
  const { name, tag, ref } = nameOnIsland(spec);
  const { manifest, blobs, proof } = got;
  return {
    version: tag,
    upstream: `oci:${spec.image} ${spec.platform}`,
    proof,
    items: [{ kind: 'image', name, version: tag, ref, manifest, blobs }],
  };
}

function nameOnIsland(spec: OciSpec) {
  const { registry, repository, tag = '' } = referenceOf(spec.as ?? spec.image);
  const name = `${registry}/${repository}`;
  return { name, tag, ref: `${name}:${tag}` };
}

/** A small blob of the store, hashed once more as it is read. */
async function readBlob(digest: Digest, { store }: SourceTools): Promise<Uint8Array> {
  const blob = await store.verified(digest);
  const bytes = blob === undefined ? undefined : await readFile(blob.file);
  if (bytes !== undefined && digestOf(bytes) === digest) return bytes;
  throw new WireOfflineError('STORE_BLOB_CHANGED', {
    message: `blob ${digest}: expected it in the cache, got ${bytes === undefined ? 'none' : 'other bytes'}`,
    hint: 'something else changes the cache while this runs: run the command again, with a --cache of its own',
  });
}

function gone({ registry, repository, tag, digest }: ImageReference): WireOfflineError {
  return new WireOfflineError('SOURCE_GONE', {
    message: `${registry}/${repository}: expected ${digest ?? tag ?? ''} there, got none`,
    hint: 'check the name and tag, or name a mirror that keeps it',
  });
}
