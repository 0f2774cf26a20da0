import { z } from 'zod';

/** More than any host says; what has more is no answer of ours. */
export const maxFactsCharacters = 1024 * 1024;

const text = z.string().max(1000);
const texts = z.array(text).max(200);
const count = z.number().min(0);

/** A directory as the host has it, and how fast the disk under it is. */
const directorySchema = z.discriminatedUnion('state', [
  z.object({ state: z.enum(['absent', 'other']), path: text }),
  z.object({
    state: z.literal('directory'),
    path: text,
    /** The number of its file system: two directories that have the same one share it. */
    device: count,
    fileSystem: text,
    sizeBytes: count.nullable(),
    freeBytes: count.nullable(),
    entries: texts,
    /** The mean of a write of 4 KiB that is on the disk when it returns; nothing where it was not measured. */
    syncMs: count.nullable(),
    /** Of 16 MiB, until they are on the disk. */
    writeMs: count.nullable(),
  }),
]);

/** What `ip -json address` says of a link. Source: ip-address(8). */
const linkSchema = z.object({
  ifname: text,
  mtu: count,
  addr_info: z.array(z.object({ local: text, prefixlen: z.int().min(0).max(32) })).max(1000),
});

/** What `ip -json route` says of a route: `default`, an address, or a network. Source: ip-route(8). */
const routeSchema = z.object({ dst: text, dev: text.optional() });

/** What a host says of itself. */
export const factsSchema = z.object({
  os: z.object({ id: text, version: text }),
  /** As Debian calls it. */
  architecture: text,
  kernel: text,
  cores: count.nullable(),
  /** What its cgroup lets it use; nothing where there is no limit. */
  coresAllowed: count.nullable(),
  memoryBytes: count.nullable(),
  memoryAllowedBytes: count.nullable(),
  swaps: texts,
  hostname: text,
  machineId: text,
  links: z.array(linkSchema).max(1000),
  routes: z.array(routeSchema).max(10_000),
  /** `/` and `/var`. */
  root: z.array(directorySchema),
  /** In the order of the island's data directories. */
  directories: z.array(directorySchema),
  names: z.array(
    z.object({ name: text, answer: z.enum(['known', 'unknown', 'late']), addresses: texts }),
  ),
  timeServers: z.array(z.object({ server: text, answers: z.boolean() })),
  /** Units that keep the time and run. */
  timeServices: texts,
  /** Ports that something listens on. */
  bound: z
    .array(z.object({ protocol: z.enum(['tcp', 'udp']), port: count, program: text.nullable() }))
    .max(20_000),
  /** Of the options asked for, those that the kernel was built with; nothing where it does not tell. */
  kernelOptions: texts.nullable(),
  sysctls: z.array(z.object({ name: text, value: z.number().nullable(), settable: z.boolean() })),
  cgroups: z.object({ version: z.enum(['v1', 'v2', 'none']), controllers: texts }),
  /** How many files a service may open unless its unit says otherwise, and what no unit can exceed. */
  openFiles: count.nullable(),
  openFilesOfKernel: count.nullable(),
  entropyBits: count.nullable(),
  /** Paths that earlier installs of the same kind of software left. */
  leftovers: texts,
  /** Islands whose bundles it has accepted. */
  islands: texts,
  /** What `systemctl is-system-running` says. */
  systemd: text,
  failedUnits: texts,
  locks: z.array(z.object({ path: text, holder: text })),
  brokenPackages: texts,
});

export type HostFacts = Readonly<z.infer<typeof factsSchema>>;
export type FoundDirectory = Extract<HostFacts['directories'][number], { state: 'directory' }>;
export type KernelOption = (typeof kernelOptions)[number];

/** What containers and the pod network need of a kernel, by the names of its build options. */
export const kernelOptions = [
  ...(['OVERLAY_FS', 'VXLAN', 'VETH', 'BRIDGE', 'BRIDGE_NETFILTER', 'NF_TABLES'] as const),
  ...(['NF_CONNTRACK', 'NFT_NAT', 'NFT_MASQ', 'CGROUPS', 'NET_NS', 'PID_NS'] as const),
  'SECCOMP_FILTER',
] as const;
