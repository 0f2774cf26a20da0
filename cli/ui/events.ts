import type { Writable } from 'node:stream';
import { type ProgressReading, durationText, progressText } from './progress.js';
import { safeText } from './safe-text.js';

/** What a run says of itself while it works; `path` is the task's titles from the root. */
export type TaskEvent =
  | { readonly type: 'started'; readonly path: readonly string[] }
  | { readonly type: 'note'; readonly path: readonly string[]; readonly text: string }
  | {
      readonly type: 'progress';
      readonly path: readonly string[];
      readonly progress: ProgressReading;
    }
  | { readonly type: 'finished'; readonly path: readonly string[]; readonly durationMs: number }
  | { readonly type: 'failed'; readonly path: readonly string[]; readonly message: string }
  /** It did not fail by itself: another task failed, or the user stopped the run. */
  | { readonly type: 'stopped'; readonly path: readonly string[] };

export type EventSink = (event: TaskEvent) => void;

/** One JSON object a line, for programs that follow a run. */
export function jsonEvents(stream: Writable): EventSink {
  return (event) => {
    stream.write(`${JSON.stringify(event)}\n`);
  };
}

/** One line an event, for logs and for terminals that cannot redraw. */
export function plainEvents(stream: Writable): EventSink {
  return (event) => {
    stream.write(`${safeText(`${event.path.join(': ')}${plainTail(event)}`)}\n`);
  };
}

function plainTail(event: TaskEvent): string {
  switch (event.type) {
    case 'started':
      return ' ...';
    case 'note':
      return `: ${event.text}`;
    case 'progress':
      return `: ${progressText(event.progress)}`;
    case 'finished':
      return `: done in ${durationText(event.durationMs)}`;
    case 'failed':
      return `: failed: ${event.message}`;
    case 'stopped':
      return ': stopped';
  }
}
