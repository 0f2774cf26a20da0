import { readHead } from '../bundle/head.js';
import { openInput } from '../bundle/input-file.js';
import { acceptedAt } from '../island/accepted.js';
import { readAccepted } from '../phases/acceptance.js';
import { connectHosts } from '../transport/connect-hosts.js';
import { Sessions } from '../transport/sessions.js';
import { runTask } from '../ui/tasks.js';
import type { PushRequest } from './push-bundle.js';

/**
 * When an island first accepted the bundle in a file, or nothing where it has not. Of the file only its identity
 * counts, which is computed from its bytes; nothing in it is believed.
 *
 * @throws {WireOfflineError} the codes of `readHead`, of the transport and of `readAccepted`
 */
export async function firstAcceptance(request: PushRequest): Promise<Date | undefined> {
  const { file, island, trust, ui } = request;
  const { handle } = await openInput(file);
  const { identity } = await readHead(handle).finally(() => handle.close());
  const { credentials, sudoPassword } = await request.access();
  const sessions = new Sessions({ credentials, signal: trust.signal });
  try {
    return await runTask('ask the hosts when they accepted the bundle', ui, async () => {
      const remotes = await connectHosts(island.hosts, sessions, sudoPassword);
      return acceptedAt(identity, await readAccepted(remotes, island.channel));
    });
  } finally {
    await sessions.close();
  }
}
