import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../input/json.js';
import { digestOf, digestSchema } from '../digest.js';
import { WireOfflineError, type Problem } from '../errors.js';
import type { BlobStore } from '../store/blob-store.js';
import type { BundleDocument } from './document.js';
import { maxManifestBytes } from './layout.js';

const descriptorSchema = z.object({ digest: digestSchema, size: z.int().min(0) });

/** Source: OCI image specification 1.1, "Image Manifest Property Descriptions"; more properties may be there. */
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

type Image = Extract<BundleDocument['components'][number]['items'][number], { kind: 'image' }>;

/**
 * Refuses an image whose manifest names other blobs than the bundle would carry: importers follow the manifest.
 *
 * @throws {WireOfflineError} BUNDLE_CONTENT_INVALID with every such image.
 */
export async function checkImages(
  document: BundleDocument,
  store: Pick<BlobStore, 'verified'>,
): Promise<void> {
  const problems: Problem[] = [];
  for (const { items } of document.components)
    for (const item of items)
      if (item.kind === 'image') problems.push(...(await imageProblems(item, store)));
  if (problems.length === 0) return;
  throw new WireOfflineError('BUNDLE_CONTENT_INVALID', {
    message: 'images whose manifest is not what was collected',
    problems,
    hint: 'lock again: wire-offline recipe lock RECIPE',
  });
}

async function imageProblems(
  { ref, manifest, blobs }: Image,
  store: Pick<BlobStore, 'verified'>,
): Promise<Problem[]> {
  const problem = (got: string): Problem[] => [
    { where: ref, expected: 'a manifest of exactly the blobs collected', got },
  ];
  if (manifest.size > maxManifestBytes) return problem(`${String(manifest.size)} bytes`);
  const stored = await store.verified(manifest.digest);
  if (stored === undefined) return problem('none in the store');
  const bytes = await readFile(stored.file);
  if (digestOf(bytes) !== manifest.digest) return problem('other bytes in the store');
  const parsed = manifestSchema.safeParse(toJson(bytes));
  if (!parsed.success) return problem('something else');
  const named = [parsed.data.config, ...parsed.data.layers].map(toKey);
  const missing = named.find((key) => !blobs.map(toKey).includes(key));
  const stray = blobs.map(toKey).find((key) => !named.includes(key));
  const odd = missing ?? stray;
  return odd === undefined ? [] : problem(odd);
}

function toJson(bytes: Buffer): unknown {
  return isUtf8(bytes) ? parseJson(bytes.toString('utf8')) : undefined;
}

function toKey({ digest, size }: { readonly digest: string; readonly size: number }): string {
  return `${digest} (${String(size)} bytes)`;
}
