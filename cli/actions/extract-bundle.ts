import { extractComponents, selectComponents, type ExtractedComponent } from '../bundle/extract.js';
import type { Digest } from '../digest.js';
import { runTasks, type Task, type TaskUi } from '../ui/tasks.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

export interface ExtractRequest {
  readonly file: string;
  readonly names: readonly string[];
  readonly out: string;
  readonly trust: Trust;
  readonly ui: TaskUi;
}

export interface Extracted {
  readonly identity: Digest;
  readonly components: readonly ExtractedComponent[];
}

/** Takes components out of an accepted bundle, each blob verified on its way. */
export async function extractBundle(request: ExtractRequest): Promise<Extracted> {
  const { file, names, out, trust, ui } = request;
  return await withTrustedBundle(file, trust, async (bundle) => {
    const selected = selectComponents(bundle.document.components, names);
    let components: readonly ExtractedComponent[] = [];
    const extract: Task = {
      title: `extract ${selected.map(({ name }) => name).join(', ')}`,
      run: async (report) => {
        components = await extractComponents(bundle, selected, {
          out,
          signal: trust.signal,
          onProgress: (progress) => {
            report.progress(progress);
          },
        });
      },
    };
    await runTasks([extract], ui);
    return { identity: bundle.identity, components };
  });
}
