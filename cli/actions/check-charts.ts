import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collected } from '../bundle/component.js';
import { WireOfflineError } from '../errors.js';
import { packageRoot } from '../package.js';
import { loadRecipe } from '../recipe/load.js';
import { requireLock, type PinnedComponent } from '../recipe/staleness.js';
import { missingImages, type ChartImages } from '../sources/helm/missing-images.js';
import { sources } from '../sources/registry.js';
import type { BroughtImage, SourceTools, WantedImage } from '../sources/source.js';
import type { BlobStore } from '../store/blob-store.js';
import { withScratchFolder } from '../transport/scratch-folder.js';
import { taskUi } from '../ui/task-ui.js';
import { runTasks } from '../ui/tasks.js';
import { SourceRun, type Run } from './source-run.js';

/** A chart that was rendered, with the images that it names. */
export interface CheckedChart {
  readonly component: string;
  readonly images: readonly string[];
}

/** The recipe, beside the default ones, whose program renders charts; its lock pins every byte it is built from. */
const helmRecipe = 'bundle-recipes/helm.recipe.yaml';

/**
 * Renders every chart of a locked recipe with its values, and compares the images that they name with those that
 * the recipe's components bring. Charts and Helm come from the cache; what is not there yet is fetched and built.
 *
 * @throws {WireOfflineError} HELM_RENDER_FAILED; HELM_IMAGE_MISSING with each image that the bundle would lack;
 * what collecting the charts and building Helm throw.
 */
export async function checkCharts(
  components: readonly PinnedComponent[],
  run: Run,
): Promise<readonly CheckedChart[]> {
  const charts = components.filter(({ kind }) => kind === 'helm');
  if (charts.length === 0) return [];
  const rendered = await renderAll(charts, run);
  const problems = missingImages(rendered, await broughtBy(components));
  if (problems.length === 0)
    return rendered.map(({ component, images }) => ({
      component,
      images: images.map(({ text }) => text),
    }));
  throw new WireOfflineError('HELM_IMAGE_MISSING', {
    message: `charts name ${String(problems.length)} images that the bundle would lack`,
    problems,
    hint: 'add them as components of kind oci or image, switch off in values what needs them, or list under notImages what is none',
  });
}

/** Gives the charts in the order of the recipe. */
async function renderAll(
  charts: readonly PinnedComponent[],
  run: Run,
): Promise<readonly ChartImages[]> {
  const [helmComponent, sourceRun] = [await pinnedHelm(), await SourceRun.open(run)];
  const found = new Map<string, readonly WantedImage[]>();
  try {
    await withScratchFolder(async (folder) => {
      const helm = join(folder, 'helm');
      const build = sourceRun.group({
        title: 'helm',
        components: helmComponent,
        work: async (component, tools) => {
          await placeProgram(await collect(component, tools), tools.store, helm);
        },
      });
      const render = sourceRun.group({
        title: 'render',
        components: charts,
        work: async (component, tools) => {
          const collected = await collect(component, tools);
          const source = await sources[component.kind]();
          const wanted = await source.wants?.(component.spec, { collected, helm, tools });
          found.set(component.name, wanted ?? []);
        },
      });
      await runTasks([build, render], taskUi(run.settings, run.context));
    });
  } finally {
    await sourceRun.close();
  }
  return charts.map(({ name }) => ({ component: name, images: found.get(name) ?? [] }));
}

async function pinnedHelm(): Promise<readonly PinnedComponent[]> {
  const cwd = packageRoot();
  const recipe = await loadRecipe({ file: helmRecipe, cwd, kinds: sources });
  const { components } = await requireLock({ recipe, cwd, kinds: sources });
  return components;
}

async function collect(
  { kind, spec, pin }: PinnedComponent,
  tools: SourceTools,
): Promise<Collected> {
  const source = await sources[kind]();
  return source.collect(spec, source.pinSchema.parse(pin), tools);
}

/** The store's files are for reading only, so the program is a copy. */
async function placeProgram(
  { items: [item] }: Collected,
  store: BlobStore,
  file: string,
): Promise<void> {
  const stored = item?.kind === 'file' ? await store.verified(item.blob.digest) : undefined;
  if (stored === undefined) throw new TypeError(`${helmRecipe} makes one program`);
  await copyFile(stored.file, file);
  await chmod(file, 0o700);
}

async function broughtBy(components: readonly PinnedComponent[]): Promise<readonly BroughtImage[]> {
  const brought = await Promise.all(
    components.map(async ({ kind, spec, pin }) => {
      const source = await sources[kind]();
      return source.images?.(spec, source.pinSchema.parse(pin)) ?? [];
    }),
  );
  return brought.flat();
}
