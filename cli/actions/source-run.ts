import { setMaxListeners } from 'node:events';
import type { Settings } from '../config/settings.js';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { shellWord } from '../input/shell-word.js';
import type { RecipeComponent } from '../recipe/load.js';
import { createTransfers } from '../sources/transfer/scheduler.js';
import type { SourceTools } from '../sources/source.js';
import type { Transfers } from '../sources/transfer/transfers.js';
import type { BlobStore } from '../store/blob-store.js';
import { openStore } from '../store/folder-store.js';
import type { Task, TaskReport } from '../ui/tasks.js';

/** What the user decided of this run, and the process it is in. */
export interface Run {
  readonly settings: Settings;
  readonly context: Context;
}

/** A group of tasks: the same work on each of some components. */
export interface ComponentWork<Component extends RecipeComponent> {
  readonly title: string;
  readonly components: readonly Component[];
  readonly work: (component: Component, tools: SourceTools) => Promise<void>;
  /** The recipe whose lock is collected: what upstream no longer has is to be locked again by it. */
  readonly lockedBy?: string;
}

/** The store and the one scheduler that all components of a run share. */
export class SourceRun {
  readonly store: BlobStore;
  readonly #run: Run;
  readonly #transfers: Transfers & { close(): Promise<void> };
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #working = new Set<Promise<void>>();
  readonly #shown: Shown;

  private constructor(run: Run, { store, shown }: { store: BlobStore; shown: Shown }) {
    const { settings, context } = run;
    this.store = store;
    this.#run = run;
    this.#shown = shown;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
    // Each component's work listens to it; Node takes more than ten listeners for a leak and says so.
    setMaxListeners(0, this.#signal);
    this.#transfers = createTransfers({
      store,
      concurrency: settings.concurrency,
      signal: this.#signal,
      env: context.env,
      onProgress: (progress) => shown.report?.progress(progress),
    });
  }

  /** @throws {WireOfflineError} STORE_UNSAFE, STORE_READ_ONLY, STORE_FAILED, DISK_FULL */
  static async open(run: Run): Promise<SourceRun> {
    const shown: Shown = { report: undefined };
    const note = (text: string) => shown.report?.note(text);
    return new SourceRun(run, { store: await openStore(run.settings.cache, { note }), shown });
  }

  /** A task for each component, as many at once as the settings allow, beside one that shows the bytes of all. */
  group<Component extends RecipeComponent>(group: ComponentWork<Component>): Task {
    const { title, components } = group;
    let left = components.length;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const bytes: Task = {
      title: 'transfers',
      run: async (report) => {
        this.#shown.report = report;
        if (left > 0) await ended;
        this.#stop.signal.throwIfAborted();
      },
    };
    const each = components.map((component): Task => ({
      title: component.name,
      run: async (report) => {
        try {
          await this.#track(group.work(component, this.toolsFor(component, report)));
          left -= 1;
          if (left === 0) end();
        } catch (thrown) {
          const error = withCommand(thrown, { component, lockedBy: group.lockedBy });
          // Whatever is stopped by this ends with the very same error.
          this.#stop.abort(error);
          end();
          throw error;
        }
      },
    }));
    const concurrency = this.#run.settings.concurrency + 1;
    return { title, concurrency, tasks: () => [bytes, ...each] };
  }

  /** Stops what still runs, and waits until it has put away what it had begun. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#working);
    await this.#transfers.close();
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#working.add(work);
    await work;
  }

  /** What the work on a component has at hand; what it says goes to that report. */
  toolsFor({ kind, folder }: RecipeComponent, report: TaskReport): SourceTools {
    return {
      store: this.store,
      transfers: this.#transfers,
      mirrors: this.#run.settings.mirrors[kind] ?? [],
      recipeFolder: folder,
      cacheFolder: this.#run.settings.cache,
      env: this.#run.context.env,
      signal: this.#signal,
      note: (text) => {
        report.note(text);
      },
    };
  }
}

/** What upstream no longer has, with the command that locks it again; a source knows neither the recipe nor the name. */
function withCommand(
  thrown: unknown,
  by: { readonly component: RecipeComponent; readonly lockedBy: string | undefined },
): unknown {
  const { component, lockedBy } = by;
  if (!(thrown instanceof WireOfflineError) || thrown.code !== 'SOURCE_GONE') return thrown;
  if (lockedBy === undefined) return thrown;
  const { code, message, problems, hint, cause } = thrown;
  const command = `wire-offline recipe lock ${shellWord(lockedBy)} --update ${shellWord(component.name)}`;
  return new WireOfflineError(code, {
    message,
    problems,
    hint: hint === undefined ? command : `${command}; or ${hint}`,
    cause,
  });
}

/** Where the bytes are shown: the task of that name, once it runs. */
interface Shown {
  report: TaskReport | undefined;
}
