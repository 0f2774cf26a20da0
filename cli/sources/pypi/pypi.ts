import { z } from 'zod';
import type { FileItem } from '../../bundle/component.js';
import { digestSchema, hexOf, type Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { filesOf } from './index-page.js';
import {
  normalName,
  pypiNameSchema,
  pypiVersionSchema,
  requestOf,
  requestSchema,
  wheelNameSchema,
} from './names.js';
import { refuseOther, resolveWheels, type Wheel } from './resolve.js';
import { readPypiSettings, type PypiSettings } from './settings.js';
import { missingBlobs } from '../../store/missing-blobs.js';
import type { Source, SourceTools } from '../source.js';

const specSchema = z.strictObject({
  packages: z.array(requestSchema).min(1).max(100),
  /** Of the hosts that it will run on. */
  python: z.string().regex(/^3\.[0-9]{1,2}\.[0-9]{1,2}$/, 'a version of Python such as 3.11.2'),
  platform: z
    .string()
    .regex(
      /^(?:many|musl)linux_[0-9]_[0-9]{1,2}_(?:x86_64|aarch64)$/,
      'a platform such as manylinux_2_36_x86_64',
    )
    .default('manylinux_2_36_x86_64'),
});

const pinSchema = z.strictObject({
  packages: z
    .array(
      z.strictObject({
        name: pypiNameSchema,
        version: pypiVersionSchema,
        filename: wheelNameSchema,
        digest: digestSchema,
        sizeBytes: z.int().nonnegative(),
      }),
    )
    .min(1),
});

export type PypiSpec = Readonly<z.output<typeof specSchema>>;
export type PypiPin = Readonly<z.output<typeof pinSchema>>;
type PinnedWheel = PypiPin['packages'][number];

/** The largest wheels that indexes take are smaller. */
const maxWheelBytes = 2 * 1024 * 1024 * 1024;

/**
 * Wheels of a Python package index with all that they need on a stated Python and platform, proven by the SHA-256
 * that the index has for each, and by the lock from then on. Wheels only: building anything would run its code.
 */
export const pypiSource: Source<PypiSpec, PypiPin> = {
  kind: 'pypi',
  specSchema,
  pinSchema,

  /** @throws {WireOfflineError} what `readPypiSettings` and `resolveWheels` throw, codes of the transfers. */
  async lock(spec, tools) {
    const settings = await readPypiSettings(tools);
    tools.note(`pypi: solving ${spec.packages.join(' ')}`);
    const { packages } = spec;
    const wheels = await resolveWheels({ packages, target: spec, settings, tools });
    const pinned = wheels.map(async ({ name, version, filename, digest }) => {
      const { sizeBytes } = await fetchWheel(
        { name, version, filename, digest },
        { settings, tools },
      );
      return { name, version, filename, digest, sizeBytes };
    });
    return { packages: await Promise.all(pinned) };
  },

  /** @throws {WireOfflineError} SOURCE_GONE, SOURCE_MISMATCH, PYPI_WHEEL_MISSING, what `readPypiSettings` throws. */
  async collect(spec, pin, tools) {
    for (const { filename } of pin.packages) refuseOther(filename, spec);
    await fetchPinned(pin.packages, tools);
    const { version } = requestOf(spec.packages[0] ?? '');
    return {
      version,
      upstream: `pypi:${spec.packages.join(' ')} for Python ${spec.python}, ${spec.platform}`,
      proof: {
        method: 'pypi-hash',
        detail: `${String(pin.packages.length)} wheels, each by its SHA-256`,
      },
      items: [...pin.packages.map(itemOf), await requirements(pin.packages, { version, tools })],
    };
  },
};

interface From {
  readonly settings: PypiSettings;
  readonly tools: SourceTools;
}

async function fetchWheel(
  wheel: Wheel & { readonly sizeBytes?: number },
  { settings, tools }: From,
): Promise<Blob> {
  const { name, version, filename, digest, sizeBytes } = wheel;
  const files = (await filesOf(name, { settings, tools })) ?? [];
  const [first, ...others] = files.filter((one) => one.filename === filename).map(({ url }) => url);
  if (first === undefined)
    throw new WireOfflineError('SOURCE_GONE', {
      message: `pypi ${name} ${version}: expected the file ${filename} in the index, got none of that name`,
      hint: 'name a mirror that keeps it',
    });
  return tools.transfers.fetch({
    urls: [first, ...others],
    headers: (url) => Promise.resolve(settings.headersFor(url)),
    expected: { digest, sizeBytes },
    maxBytes: sizeBytes ?? maxWheelBytes,
    label: filename,
  });
}

/** What the store has is taken from there; pip is asked where to go only for what is missing. */
async function fetchPinned(wheels: readonly PinnedWheel[], tools: SourceTools): Promise<void> {
  const missing = await missingBlobs(tools.store, wheels);
  if (missing.length === 0) return;
  const settings = await readPypiSettings(tools);
  await Promise.all(missing.map((wheel) => fetchWheel(wheel, { settings, tools })));
}

function itemOf({ name, version, filename, digest, sizeBytes }: PinnedWheel): FileItem {
  const blob = { digest, sizeBytes };
  return { kind: 'file', name, version, path: filename, blob, executable: false };
}

/** A list by which pip installs exactly these and proves each once more. */
async function requirements(
  wheels: readonly PinnedWheel[],
  { version, tools }: { readonly version: string; readonly tools: SourceTools },
): Promise<FileItem> {
  const lines = wheels.map(
    (one) => `${normalName(one.name)}==${one.version} --hash=sha256:${hexOf(one.digest)}\n`,
  );
  const { digest, sizeBytes } = await tools.store.put(once(Buffer.from(lines.join(''))));
  const path = 'requirements.txt';
  const blob = { digest, sizeBytes };
  return { kind: 'file', name: path, version, path, blob, executable: false };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
