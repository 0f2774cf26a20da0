import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runTasks, type Task } from '../../../../cli/ui/tasks.js';

const signal = new AbortController().signal;

/** Runs tasks in a mode and gives what they said and what they threw. */
async function run(
  tasks: readonly Task[],
  mode: 'plain' | 'json' | 'quiet',
  abort: AbortSignal = signal,
): Promise<{ said: string; error: unknown }> {
  const stream = new PassThrough();
  const said = text(stream);
  let error: unknown;
  try {
    await runTasks(tasks, { mode, stream, signal: abort });
  } catch (thrown) {
    error = thrown;
  }
  stream.end();
  return { said: await said, error };
}

const fetchTwo: Task = {
  title: 'fetch',
  concurrency: 2,
  tasks: () => [
    {
      title: 'one',
      run: (report) => {
        report.note('from a mirror');
        report.progress({ doneBytes: 1, totalBytes: 10 });
        jest.advanceTimersByTime(5000);
        report.progress({ doneBytes: 6, totalBytes: 10 });
        return Promise.resolve();
      },
    },
    { title: 'two', run: () => Promise.resolve() },
  ],
};

// The clock of the readings is the test's; all else goes its way.
beforeAll(() => {
  const timers = [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
  ] as const;
  const rest = ['clearImmediate', 'nextTick', 'queueMicrotask', 'Date', 'hrtime'] as const;
  jest.useFakeTimers({ doNotFake: [...timers, ...rest] });
});

afterAll(() => {
  jest.useRealTimers();
});

describe('tasks on something that is no terminal', () => {
  it('say plain lines that start with where they are', async () => {
    const { said } = await run([fetchTwo], 'plain');
    expect(said).toContain('fetch: one: from a mirror\n');
    expect(said).toContain('fetch: one: 6 B of 10 B (60 %), 1 B/s, 4.0 s left');
    expect(said).not.toContain('1 B of 10 B');
    expect(said).toMatch(/^fetch: two: done in \d/m);
  });

  it('say one JSON object a line to programs', async () => {
    const { said } = await run([fetchTwo], 'json');
    const events = said
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(events).toContainEqual({ type: 'note', path: ['fetch', 'one'], text: 'from a mirror' });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'finished', path: ['fetch', 'two'] }),
    );
  });

  it('say nothing when quiet', async () => {
    expect((await run([fetchTwo], 'quiet')).said).toBe('');
  });

  it('show control characters in notes', async () => {
    const noisy: Task = {
      title: 'x',
      run: (report) => {
        report.note('\u001b[2J');
        return Promise.resolve();
      },
    };
    expect((await run([noisy], 'plain')).said).toContain('\\u{1b}[2J');
  });
});

describe('a task that fails', () => {
  const failure = new Error('disk on fire');
  const failing: Task = { title: 'write', run: () => Promise.reject(failure) };

  it('stops those after it and is thrown as it was', async () => {
    let reached = false;
    const next: Task = {
      title: 'next',
      run: () => {
        reached = true;
        return Promise.resolve();
      },
    };
    const { said, error } = await run([failing, next], 'plain');
    expect(error).toBe(failure);
    expect(reached).toBe(false);
    expect(said).toContain('write: failed: disk on fire');
  });

  it('says why once, and of those that it stops that they were stopped', async () => {
    const stop = new AbortController();
    const stopped: Task = {
      title: 'read',
      run: () =>
        new Promise((_, reject) => {
          stop.signal.addEventListener('abort', () => {
            reject(failure);
          });
        }),
    };
    const first: Task = {
      title: 'write',
      run: async () => {
        // By then the other runs.
        await new Promise((done) => setImmediate(done));
        stop.abort();
        throw failure;
      },
    };
    const both: Task = { title: 'both', concurrency: 2, tasks: () => [first, stopped] };
    const { said, error } = await run([both], 'plain');
    expect(error).toBe(failure);
    expect(said.split('disk on fire')).toHaveLength(2);
    expect(said).toMatch(/: stopped$/m);
  });
});

describe('tasks that are told to stop', () => {
  it('start no further task and throw why', async () => {
    const abort = new AbortController();
    const reason = new Error('stopped');
    let reached = false;
    const tasks: readonly Task[] = [
      {
        title: 'first',
        run: () => {
          abort.abort(reason);
          return Promise.resolve();
        },
      },
      {
        title: 'second',
        run: () => {
          reached = true;
          return Promise.resolve();
        },
      },
    ];
    const { error } = await run(tasks, 'quiet', abort.signal);
    expect(error).toBe(reason);
    expect(reached).toBe(false);
  });
});
