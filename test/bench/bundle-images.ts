import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesText } from '../../cli/ui/progress.js';
import { layer, makeImage, randomLayer } from '../helpers/image.js';
import { startRegistry, type Registry } from '../helpers/registry.js';
import { goalText, peakRow, timeRow, type BenchOptions, type Row } from './measure.js';
import { timeOne, timePairs, type Command } from './pairs.js';
import { cleared, inWorld, lockedPlace, type Place } from './place.js';

const pairs = 5;
const imageCount = 8;
const baseBytes = [30_000_000, 16_000_000];
const ownBytes = 10_000_000;

/** Bundling images that share a base, beside `skopeo copy` of each into one OCI layout. */
export async function benchImages({ signal }: BenchOptions): Promise<readonly Row[]> {
  return inWorld(async (world) => {
    const registry = await startRegistry({ folder: world.folder });
    world.atEnd(() => registry.stop());
    const uniqueBytes = await pushImages(registry);
    signal.throwIfAborted();
    const components = names.map((name) => ({
      name,
      kind: 'oci',
      image: `${registry.host}/${name}:1`,
    }));
    const mirrors = { oci: [registry.url] };
    const place = await lockedPlace(world, { components, mirrors, signal });
    const layout = join(world.work, 'layout');
    return rowsFor(place, { layout, uniqueBytes, registry, signal });
  });
}

const names = Array.from({ length: imageCount }, (_, index) => `image-${String(index + 1)}`);

/** Gives the bytes of all blobs, manifests included, each once. */
async function pushImages(registry: Registry): Promise<number> {
  const base: Uint8Array[] = [];
  for (const bytes of baseBytes) base.push(await randomLayer(bytes));
  let uniqueBytes = base.reduce((sum, { byteLength }) => sum + byteLength, 0);
  for (const repository of names) {
    const marker = await layer({ name: Buffer.from(repository) });
    const image = makeImage([...base, await randomLayer(ownBytes), marker]);
    await registry.push(image, { repository, tag: '1' });
    const own = image.blobs.filter((blob) => !base.includes(blob));
    uniqueBytes += [...own, image.manifest.bytes].reduce((sum, blob) => sum + blob.byteLength, 0);
  }
  return uniqueBytes;
}

interface Setting {
  readonly layout: string;
  readonly uniqueBytes: number;
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

async function rowsFor(place: Place, setting: Setting): Promise<readonly Row[]> {
  const { layout, uniqueBytes, signal } = setting;
  const { bundle, bundleFile, cacheFolder, verify } = place;
  const loop = skopeoLoop(setting);
  const cold = { ...bundle, prepare: () => cleared(bundleFile, cacheFolder) };
  const same = { ...bundle, argv: [...bundle.argv, '--force'], prepare: () => cleared() };
  const anew = { ...bundle, prepare: () => cleared(bundleFile) };
  const intoEmpty = { ...loop, prepare: () => cleared(layout) };
  const intoFull = { ...loop, prepare: () => cleared() };
  const common = { pairs, signal };
  const colds = await timePairs({ ...common, ours: cold, theirs: intoEmpty });
  const sames = await timePairs({ ...common, ours: same, theirs: intoEmpty });
  const fulls = await timePairs({ ...common, ours: same, theirs: intoFull });
  const anews = await timePairs({ ...common, ours: anew, theirs: intoEmpty });
  const verified = await timeOne(verify, signal);
  const { size } = await stat(bundleFile);
  const ratio = size / uniqueBytes;
  const what = `${String(imageCount)} images, ${bytesText(uniqueBytes)}`;
  const skopeo = 'skopeo copy of each';
  return [
    timeRow(`bundle ${what}, cold`, colds, { name: `${skopeo}, empty folder`, goal: 0.8 }),
    timeRow('the same, nothing changed', sames, { name: `${skopeo}, empty folder`, goal: 0.3 }),
    timeRow('the same, nothing changed', fulls, { name: `${skopeo}, folder that has all` }),
    timeRow('the same, written anew', anews, { name: `${skopeo}, empty folder` }),
    [
      'its size',
      bytesText(size),
      `unique blobs: ${bytesText(uniqueBytes)}`,
      ratio.toFixed(4),
      goalText(ratio, 1.01),
    ],
    peakRow('cold', colds.oursPeakBytes),
    peakRow('nothing changed', Math.max(sames.oursPeakBytes, fulls.oursPeakBytes)),
    peakRow('written anew', anews.oursPeakBytes),
    peakRow('its verify', verified.peakBytes),
  ];
}

/** What a user would type: each image into the same layout, so that it has the base once. */
function skopeoLoop({ layout, registry }: Setting): Command {
  const copy = 'skopeo --insecure-policy copy --quiet --src-tls-verify=false';
  const script = `for name in ${names.join(' ')}; do ${copy} "docker://$1/$name:1" "oci:$2:$name" || exit 1; done`;
  return { argv: ['sh', '-c', script, 'sh', registry.host, layout] };
}
