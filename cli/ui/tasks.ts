import type { Writable } from 'node:stream';
import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  ProcessOutput,
  SilentRenderer,
  type ListrTask,
} from 'listr2';
import { jsonEvents, plainEvents, type EventSink } from './events.js';
import { ProgressMeter, progressText, type ByteProgress } from './progress.js';
import { safeText } from './safe-text.js';

/** What a running task can say. */
export interface TaskReport {
  readonly note: (text: string) => void;
  readonly progress: (progress: ByteProgress) => void;
}

/** A piece of work, or a group of tasks that is known when its turn comes. */
export type Task =
  | { readonly title: string; readonly run: (report: TaskReport) => Promise<void> }
  | {
      readonly title: string;
      /** How many of the group run at once. */
      readonly concurrency: number;
      readonly tasks: () => readonly Task[] | Promise<readonly Task[]>;
    };

/** A redrawn tree on a terminal, plain lines, one JSON object a line, or nothing. */
export type TaskUi = (
  | { readonly mode: 'tree'; readonly stream: NodeJS.WriteStream; readonly color: boolean }
  | { readonly mode: 'plain' | 'json' | 'quiet'; readonly stream: Writable }
) & {
  /** No further task starts once it aborts; a running one is told by whoever gave it the same signal. */
  readonly signal: AbortSignal;
};

/** A person reads plain lines as they come; more often than this they are noise. */
const progressEveryMs = { tree: 100, plain: 5_000, json: 1_000, quiet: Infinity } as const;

/**
 * Runs the tasks one after the other, and says on the UI's stream how they go.
 * The first failure stops the run and is thrown as it was; clean-up belongs to the task that failed.
 */
export async function runTasks(tasks: readonly Task[], ui: TaskUi): Promise<void> {
  const sink = sinkFor(ui);
  const told = new Set<unknown>();
  const roots = tasks.map((task) => toListrTask(task, { ui, sink, told, parents: [] }));
  const common = { registerSignalListeners: false, exitOnError: true };
  const list =
    ui.mode === 'tree'
      ? new Listr(roots, { ...common, renderer: TreeRenderer, rendererOptions: treeOptions(ui) })
      : new Listr(roots, { ...common, renderer: SilentRenderer });
  await list.run();
}

/** Runs one task and gives what it found: for work whose later steps need what the earlier ones gave. */
export async function runTask<T>(
  title: string,
  ui: TaskUi,
  work: (report: TaskReport) => Promise<T>,
): Promise<T> {
  const results: T[] = [];
  const run = async (report: TaskReport): Promise<void> => {
    results.push(await work(report));
  };
  await runTasks([{ title, run }], ui);
  for (const result of results) return result;
  throw new TypeError(`task ${title} ended without a result`);
}

/** Draws on standard error, so it must not depend on whether standard output is a terminal. */
class TreeRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

function sinkFor(ui: TaskUi): EventSink {
  switch (ui.mode) {
    case 'plain':
      return plainEvents(ui.stream);
    case 'json':
      return jsonEvents(ui.stream);
    case 'tree':
    case 'quiet':
      return () => undefined;
  }
}

interface Place {
  readonly ui: TaskUi;
  readonly sink: EventSink;
  /** The failures that were said: what ends with one of them was stopped by it. */
  readonly told: Set<unknown>;
  readonly parents: readonly string[];
}

function toListrTask(task: Task, place: Place): ListrTask {
  const path = [...place.parents, task.title];
  return {
    title: safeText(task.title),
    rendererOptions: { persistentOutput: false },
    task: async (_context, wrapper) => {
      place.ui.signal.throwIfAborted();
      if ('tasks' in task) {
        const children = await task.tasks();
        return wrapper.newListr(
          children.map((child) => toListrTask(child, { ...place, parents: path })),
          { concurrent: task.concurrency },
        );
      }
      await runLeaf(task.run, { ...place, path, wrapper });
      return undefined;
    },
  };
}

interface Leaf extends Place {
  readonly path: readonly string[];
  readonly wrapper: { output: string };
}

async function runLeaf(run: (report: TaskReport) => Promise<void>, leaf: Leaf): Promise<void> {
  const { ui, sink, told, path } = leaf;
  const startedAtMs = performance.now();
  sink({ type: 'started', path });
  try {
    await run(reportFor(leaf));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isStopped = ui.signal.aborted || told.has(error);
    sink(isStopped ? { type: 'stopped', path } : { type: 'failed', path, message });
    told.add(error);
    throw error;
  }
  sink({ type: 'finished', path, durationMs: Math.round(performance.now() - startedAtMs) });
}

function reportFor({ ui, sink, path, wrapper }: Leaf): TaskReport {
  const meter = new ProgressMeter();
  // The first reading waits its turn as well: it has no rate yet.
  let shownAtMs = performance.now();
  return {
    note: (text) => {
      wrapper.output = safeText(text);
      sink({ type: 'note', path, text });
    },
    progress: (progress) => {
      const nowMs = performance.now();
      const reading = meter.read(progress, nowMs);
      if (nowMs - shownAtMs < progressEveryMs[ui.mode]) return;
      shownAtMs = nowMs;
      wrapper.output = progressText(reading);
      sink({ type: 'progress', path, progress: reading });
    },
  };
}

function treeOptions({ stream, color }: TaskUi & { mode: 'tree' }): {
  logger: ListrLogger<ListrDefaultRendererLogLevels>;
  color?: Record<string, (text?: string) => string>;
} {
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(stream, stream),
  });
  if (color) return { logger };
  const levels = Object.values(ListrDefaultRendererLogLevels);
  return { logger, color: Object.fromEntries(levels.map((level) => [level, (text = '') => text])) };
}
