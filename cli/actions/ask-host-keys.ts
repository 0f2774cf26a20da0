import type { Settings } from '../config/settings.js';
import type { Context } from '../context.js';
import { WireOfflineError, toWireOfflineError } from '../errors.js';
import { compareKey, type FoundKey } from '../island/found-keys.js';
import type { IslandHost, SshEndpoint } from '../island/island.js';
import type { HostAccess } from '../transport/host-access.js';
import { Sessions } from '../transport/sessions.js';
import { showHostKey } from '../transport/show-host-key.js';
import { taskUi } from '../ui/task-ui.js';
import { runTasks } from '../ui/tasks.js';

/** A host or jump host. */
export interface Scanned extends SshEndpoint, Pick<IslandHost, 'jump'> {}

export interface ScanRun {
  readonly settings: Settings;
  readonly context: Context;
}

interface AskRun extends ScanRun {
  /** What jump hosts will ask for. */
  readonly access: () => Promise<HostAccess>;
}

/** More handshakes than this at once only make each of them slower. */
const scansAtOnce = 16;

/**
 * The key that each machine shows, in their order; all of them are asked before it fails.
 *
 * @throws {WireOfflineError} the codes of `showHostKey`, of several failures the first one's with a problem for each;
 * of jump hosts also those of `access` and `Sessions.with`
 */
export async function askHostKeys(
  endpoints: readonly Scanned[],
  run: AskRun,
): Promise<readonly FoundKey[]> {
  if (endpoints.length === 0) return [];
  const { settings, context } = run;
  const sessions = await sessionsFor(endpoints, run);
  const found = new Map<string, FoundKey>();
  const failures: Failure[] = [];
  const tasks = endpoints.map((endpoint) => ({
    title: `${endpoint.name} at ${endpoint.address}`,
    run: async () => {
      try {
        const through =
          endpoint.jump && (await (await sessions.with(endpoint.jump)).forward(endpoint));
        const options = { endpoint, signal: context.signal, ...(through && { through }) };
        found.set(endpoint.name, compareKey(endpoint, await showHostKey(options)));
      } catch (error) {
        context.signal.throwIfAborted();
        failures.push({ endpoint, error: toWireOfflineError(error) });
      }
    },
  }));
  const group = { title: 'ask for host keys', concurrency: scansAtOnce, tasks: () => tasks };
  await runTasks([group], taskUi(settings, context)).finally(() => sessions.close());
  if (failures.length > 0) throw failed(failures, endpoints.length);
  return endpoints.flatMap(({ name }) => found.get(name) ?? []);
}

interface Failure {
  readonly endpoint: Scanned;
  readonly error: WireOfflineError;
}

/** Only a jump host needs anyone to log in. */
async function sessionsFor(
  endpoints: readonly Scanned[],
  { context: { signal }, access }: AskRun,
): Promise<Sessions> {
  const isNeeded = endpoints.some(({ jump }) => jump !== undefined);
  const credentials = isNeeded ? (await access()).credentials : [];
  return new Sessions({ credentials, signal });
}

function failed(failures: readonly Failure[], count: number): WireOfflineError {
  const [first] = failures;
  if (first === undefined || count === 1) return toWireOfflineError(first?.error);
  return new WireOfflineError(first.error.code, {
    message: `expected the host keys of ${String(count)} machines, got ${String(count - failures.length)}; none was pinned`,
    problems: failures.map(({ endpoint, error }) => ({
      where: `${endpoint.where} ${endpoint.name}`,
      expected: 'a host key',
      got: error.message,
    })),
    hint: first.error.hint ?? 'mend them, or name those to ask with --host',
    cause: first.error,
  });
}
