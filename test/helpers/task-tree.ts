/** A program that draws a tree of tasks on standard error, for tests that look at it in a real terminal. */
import { setTimeout as pause } from 'node:timers/promises';
import { runTasks } from '../../cli/ui/tasks.js';

await runTasks(
  [
    {
      title: 'fetch',
      concurrency: 2,
      tasks: () => [
        {
          title: 'registry',
          run: async (report) => {
            report.note('from a mirror');
            await pause(200);
          },
        },
        {
          title: 'node',
          run: async (report) => {
            report.progress({ doneBytes: 5_000_000, totalBytes: 10_000_000 });
            await pause(200);
          },
        },
      ],
    },
    { title: 'sign', run: () => Promise.resolve() },
  ],
  { mode: 'tree', stream: process.stderr, color: true, signal: new AbortController().signal },
);
