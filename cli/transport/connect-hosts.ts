import type { Secret } from '../../server/contract/secret.js';
import { WireOfflineError, toWireOfflineError } from '../errors.js';
import type { IslandHost } from '../island/island.js';
import { Limit } from '../limit.js';
import { RemoteHost } from './remote-host.js';
import type { Sessions } from './sessions.js';

/** More handshakes than this at once only make each of them slower. */
const connectsAtOnce = 16;

/**
 * Connects to hosts at the same time and proves on each that commands run as root.
 *
 * @throws {WireOfflineError} the codes of `RemoteHost` and `Sessions.with`; of several failures as `onEach`
 */
export async function connectHosts(
  hosts: readonly IslandHost[],
  sessions: Sessions,
  sudoPassword: Secret | undefined,
): Promise<readonly RemoteHost[]> {
  const remotes = hosts.map((host) => new RemoteHost(host, sessions, sudoPassword));
  await onEach(remotes, async (remote) => {
    await remote.mustRun({ argv: ['true'] });
  });
  return remotes;
}

/**
 * Does the same on hosts at the same time and gives the results in their order.
 *
 * @throws {WireOfflineError} the first host's error; where several failed, its code with a problem for each of them
 */
export async function onEach<T>(
  remotes: readonly RemoteHost[],
  work: (remote: RemoteHost) => Promise<T>,
): Promise<readonly T[]> {
  const limit = new Limit(connectsAtOnce);
  const settled = await Promise.allSettled(
    remotes.map(async (remote) => {
      const leave = await limit.take();
      return work(remote).finally(leave);
    }),
  );
  const results: T[] = [];
  const failures: { readonly name: string; readonly error: WireOfflineError }[] = [];
  settled.forEach((one, index) => {
    if (one.status === 'fulfilled') results.push(one.value);
    else
      failures.push({
        name: remotes[index]?.host.name ?? '',
        error: toWireOfflineError(one.reason),
      });
  });
  const [first] = failures;
  if (first === undefined) return results;
  if (failures.length === 1) throw first.error;
  throw new WireOfflineError(first.error.code, {
    message: `expected ${String(remotes.length)} hosts to do their part, got ${String(failures.length)} that did not`,
    problems: failures.map(({ name, error }) => ({
      where: name,
      expected: 'success',
      got: error.message,
    })),
    hint: first.error.hint ?? 'mend them and run the same command again',
    cause: first.error,
  });
}
