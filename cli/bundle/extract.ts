import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { oneOf, show } from '../input/issues.js';
import type { ByteProgress } from '../ui/progress.js';
import type { BundleComponent } from './document.js';
import { blobEntryName, entryNames } from './layout.js';
import { indexOf, ociLayout } from './oci-layout.js';
import { inOutputFolder, refuseExisting, syncFolder, temporaryFor } from './output-file.js';
import type { Bundle } from './reader.js';

export interface ExtractOptions {
  /** The folder that gets one folder for each component; made where there is none. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ByteProgress) => void;
}

export interface ExtractedComponent {
  readonly component: string;
  readonly folder: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** A file to write below a component's folder. */
interface Output {
  readonly path: string;
  readonly mode: number;
  readonly content: { readonly digest: Digest; readonly size: number } | Uint8Array;
}

/**
 * The components of those names.
 *
 * @throws {WireOfflineError} COMPONENT_UNKNOWN
 */
export function selectComponents(
  components: readonly BundleComponent[],
  names: readonly string[],
): readonly BundleComponent[] {
  return [...new Set(names)].map((name) => {
    const component = components.find((candidate) => candidate.name === name);
    if (component !== undefined) return component;
    const known = components.map((candidate) => candidate.name);
    throw new WireOfflineError('COMPONENT_UNKNOWN', {
      message: `component: expected ${oneOf(known, name)}, got ${show(name)}`,
      hint: 'see what is there: wire-offline list BUNDLE',
    });
  });
}

/**
 * Writes components out of a bundle: files at their paths, images as an OCI layout. Every blob is hashed while it
 * is read; a component's folder appears whole or not at all, and none that is there is touched. Where one fails, the
 * folders that this run made are removed.
 *
 * @throws {WireOfflineError} OUTPUT_EXISTS, DISK_FULL, OUTPUT_NOT_WRITABLE, BLOB_DIGEST_MISMATCH,
 * BUNDLE_ENTRY_MISSING where a blob is only in the base; the signal's reason.
 */
export async function extractComponents(
  bundle: Bundle<unknown>,
  components: readonly BundleComponent[],
  options: ExtractOptions,
): Promise<readonly ExtractedComponent[]> {
  const plans = components.map((component) => ({ component, outputs: outputsOf(component) }));
  const totalBytes = plans.flatMap(({ outputs }) => outputs).reduce(addSize, 0);
  let doneBytes = 0;
  const see = (bytes: Uint8Array): void => {
    options.signal.throwIfAborted();
    doneBytes += bytes.length;
    options.onProgress?.({ doneBytes, totalBytes });
  };
  return await inOutputFolder(options.out, async () => {
    for (const { component } of plans)
      await refuseExisting({ file: join(options.out, component.name) });
    const done: ExtractedComponent[] = [];
    try {
      for (const { component, outputs } of plans) {
        const folder = join(options.out, component.name);
        await writeFolder({ bundle, folder, outputs, see });
        const sizeBytes = outputs.reduce(addSize, 0);
        done.push({ component: component.name, folder, files: outputs.length, sizeBytes });
      }
    } catch (error) {
      for (const { folder } of done) await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return done;
  });
}

interface FolderPlan {
  readonly bundle: Bundle<unknown>;
  readonly folder: string;
  readonly outputs: readonly Output[];
  readonly see: (bytes: Uint8Array) => void;
}

async function writeFolder({ bundle, folder, outputs, see }: FolderPlan): Promise<void> {
  const temporary = await temporaryFor(folder);
  try {
    // Made new, so nothing in it can be a link that leads elsewhere.
    await mkdir(temporary);
    for (const output of outputs) {
      const file = join(temporary, output.path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile({ bundle, file, output, see });
    }
    await refuseExisting({ file: folder });
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function writeFile(write: {
  readonly bundle: Bundle<unknown>;
  readonly file: string;
  readonly output: Output;
  readonly see: (bytes: Uint8Array) => void;
}): Promise<void> {
  const { bundle, file, output, see } = write;
  const { content, mode } = output;
  const handle = await open(file, 'wx', mode);
  try {
    const chunks = content instanceof Uint8Array ? [content] : bundle.readBlob(content.digest);
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      see(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function outputsOf(component: BundleComponent): Output[] {
  const images: Image[] = [];
  const files: Output[] = [];
  for (const item of component.items)
    if (item.kind === 'image') images.push(item);
    else files.push({ path: item.path, mode: item.executable ? 0o755 : 0o644, content: item });
  return images.length === 0 ? files : imageOutputs(component, images);
}

type Image = Extract<BundleComponent['items'][number], { kind: 'image' }>;

/** An OCI layout of this component's images alone, for any tool that reads one. */
function imageOutputs(component: BundleComponent, images: readonly Image[]): Output[] {
  const blobs = images.flatMap((image) => [image.manifest, ...image.blobs]);
  const unique = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const mode = 0o644;
  return [
    { path: entryNames.ociLayout, mode, content: ociLayout.bytes },
    { path: entryNames.index, mode, content: indexOf([component]).bytes },
    ...unique.map((blob) => ({ path: blobEntryName(blob.digest), mode, content: blob })),
  ];
}

function addSize(sum: number, { content }: Output): number {
  return sum + (content instanceof Uint8Array ? content.length : content.size);
}
