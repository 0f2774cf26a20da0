import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { runMigrations } from './cassandra.js';
import { startCassandraNode } from './cassandra-node.js';
import { endKept, freePort, runFolder } from './shared-store.js';

/** Three nodes that each have every row, and know no passwords. */
export interface CassandraCluster {
  /** For `CASSANDRA_CONTACT_POINTS`. */
  readonly contactPoints: string;
  /** Ends the last of those that run, as a crash does: the others do not wait for it. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

/** Starts three nodes with every keyspace at its newest schema. */
export async function startCassandraCluster(name: string): Promise<CassandraCluster> {
  const folder = join(runFolder(), name);
  await mkdir(folder, { recursive: true });
  const [port, storagePort] = [await freePort(), await freePort()];
  const running: { readonly name: string; readonly keeper: number }[] = [];
  const end = async () => {
    const last = running.pop();
    if (last !== undefined) await endKept(last.name, last.keeper);
  };
  for (const [at, host] of hosts.entries()) {
    const node = { name: `${name}-${String(at + 1)}`, folder: join(folder, host), host };
    const [seedHost] = hosts;
    const ports = { port, storagePort, seedHost };
    running.push({
      name: node.name,
      keeper: await startCassandraNode({ ...node, ...ports, open: true }),
    });
  }
  await runMigrations({ port, folder: join(folder, 'secrets'), replicas: hosts.length });
  return {
    contactPoints: hosts.map((host) => `${host}:${String(port)}`).join(),
    kill: end,
    async stop() {
      while (running.length > 0) await end();
    },
  };
}
