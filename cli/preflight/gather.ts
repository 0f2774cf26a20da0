import { WireOfflineError } from '../errors.js';
import { parseJson } from '../input/json.js';
import type { Island } from '../island/island.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { factsScript } from './facts-script.js';
import { factsSchema, maxFactsCharacters, type HostFacts } from './facts.js';

/** A disk that is dying or a network file system that hangs keeps the script from its end. */
const factsTimeoutSec = 120;

/**
 * Asks a host what it is and has, by one script; nothing is changed there.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, REMOTE_STATE_INVALID where it says something else, HOST_LOST
 */
export async function gatherFacts(remote: RemoteHost, island: Island): Promise<HostFacts> {
  const words = wordsFor(remote, island);
  const result = await remote.run({
    argv: ['timeout', String(factsTimeoutSec), 'perl', '-e', factsScript, ...words],
  });
  const { exitCode, stdout } = result;
  const what = `the script that tells what it is and has, within ${String(factsTimeoutSec)} s,`;
  if (exitCode !== 0) throw remote.failed(what, result);
  const parsed = factsSchema.safeParse(parseJson(stdout.slice(0, maxFactsCharacters)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new WireOfflineError('REMOTE_STATE_INVALID', {
    message: `host ${remote.host.name}: expected it to say what it is and has, got ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}: ${stdout.slice(0, 100)}`,
    hint: 'see that perl-base, iproute2 and coreutils are as Debian made them',
    cause: parsed.error,
  });
}

/** What only the island file knows: data directories, names that must be known, and clocks that must answer. */
function wordsFor({ host }: RemoteHost, { mail, time }: Island): readonly string[] {
  const directories = host.dataDirectories.map(({ path }) => `directory=${path}`);
  const isSource = host.roles.includes('assets');
  const servers = isSource ? time.servers : [];
  const relay = mail.mode === 'relay' && host.roles.includes('kubernetes') ? [mail.host] : [];
  const names = [...relay, ...servers].filter((server) => /[a-z]/.test(server));
  return [
    ...directories,
    ...names.map((name) => `name=${name}`),
    ...servers.map((server) => `time=${server}`),
  ];
}
