import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { cassandraJars } from './cassandra-jars.js';
import { keep, runFolder, until } from './shared-store.js';

export interface CassandraNode {
  /** Unique in the run of the tests. */
  readonly name: string;
  /** Where it keeps its data and its configuration. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly storagePort: number;
  /** Another node's address, or its own for the first one. */
  readonly seedHost: string;
  /** Takes everyone for whom they say they are. */
  readonly open?: boolean;
}

/** Starts a real Cassandra and waits until it takes CQL; gives the pid of its keeper. */
export async function startCassandraNode(node: CassandraNode): Promise<number> {
  await mkdir(node.folder, { recursive: true });
  await writeFile(join(node.folder, 'cassandra.yaml'), configuration(node));
  await writeFile(join(node.folder, 'logback.xml'), logback);
  const jars = join(await cassandraJars(), '*');
  const argv = ['java', ...heap, ...opened(), ...properties(node.folder)];
  const main = 'org.apache.cassandra.service.CassandraDaemon';
  const { name } = node;
  const pid = await keep({ name, argv: [...argv, '-cp', jars, main], cwd: node.folder });
  const log = join(runFolder(), `${node.name}.log`);
  const isUp = async () => (await readFile(log, 'utf8')).includes('Startup complete');
  await until(`Cassandra ${node.name} starts`, isUp, 180_000);
  return pid;
}

function configuration(node: CassandraNode): string {
  return stringify({
    cluster_name: 'wire-offline-test',
    num_tokens: 4,
    allocate_tokens_for_local_replication_factor: 1,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    endpoint_snitch: 'SimpleSnitch',
    listen_address: node.host,
    rpc_address: node.host,
    storage_port: node.storagePort,
    native_transport_port: node.port,
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: `${node.seedHost}:${String(node.storagePort)}` }],
      },
    ],
    authenticator: node.open === true ? 'AllowAllAuthenticator' : 'PasswordAuthenticator',
    authorizer: node.open === true ? 'AllowAllAuthorizer' : 'CassandraAuthorizer',
    // As on an island: what is acknowledged is on the disk.
    // Also as on an island: decisions that meet take milliseconds instead of seconds.
    paxos_variant: 'v2',
    commitlog_sync: 'group',
    commitlog_sync_group_window: '10ms',
    auto_snapshot: false,
    memtable_heap_space: '64MiB',
    file_cache_size: '32MiB',
  });
}

const heap = [
  '-Xms128m',
  '-Xmx512m',
  '-Xss512k',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:MaxDirectMemorySize=128m',
];

function properties(folder: string): string[] {
  return [
    '-Djdk.attach.allowAttachSelf=true',
    // Without this it closes its output, which is its log here.
    '-Dcassandra-foreground=yes',
    `-Dcassandra.config=file://${join(folder, 'cassandra.yaml')}`,
    `-Dcassandra.storagedir=${join(folder, 'data')}`,
    `-Dlogback.configurationFile=file://${join(folder, 'logback.xml')}`,
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.ring_delay_ms=1000',
  ];
}

/** What Cassandra 5.0 needs of JDK 17. Source: its conf/jvm17-server.options, by facts. */
function opened(): string[] {
  const exported = [
    'java.base/jdk.internal.misc',
    'java.base/jdk.internal.ref',
    'java.base/sun.nio.ch',
    'java.management.rmi/com.sun.jmx.remote.internal.rmi',
    'java.rmi/sun.rmi.registry',
    'java.rmi/sun.rmi.server',
    'java.sql/java.sql',
  ];
  const open = [
    'java.base/java.io',
    'java.base/java.lang.module',
    'java.base/java.nio',
    'java.base/java.util',
    'java.base/java.util.concurrent',
    'java.base/java.util.concurrent.atomic',
    'java.base/jdk.internal.loader',
    'java.base/jdk.internal.math',
    'java.base/jdk.internal.module',
    'java.base/jdk.internal.ref',
    'java.base/jdk.internal.reflect',
    'java.base/jdk.internal.util.jar',
    'java.base/sun.nio.ch',
    'jdk.management/com.sun.management.internal',
  ];
  return [
    ...exported.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
    ...open.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  ];
}

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`;
