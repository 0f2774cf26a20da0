import { describe, expect, it } from '@jest/globals';
import { mustRunLocal } from '../../../cli/transport/local.js';

const { signal } = new AbortController();

/** A program's process number and the session that it is in. Source: proc_pid_stat(5), fields 1 and 6. */
async function sessionOf(terminal?: 'none'): Promise<{ own: string; session: string }> {
  const stat = await mustRunLocal({
    argv: ['sh', '-c', 'cat /proc/$$/stat'],
    env: { PATH: process.env['PATH'] },
    ...(terminal === undefined ? {} : { terminal }),
    signal,
  });
  const [own = '', , , , , session = ''] = stat.split(' ');
  return { own, session };
}

describe('a program that must not ask anybody', () => {
  it('leads a session of its own, which has no terminal', async () => {
    const { own, session } = await sessionOf('none');
    expect(session).toBe(own);
  });
});

describe('another program', () => {
  it('stays in the session of this one', async () => {
    const { own, session } = await sessionOf();
    expect(session).not.toBe(own);
  });
});
