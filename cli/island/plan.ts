import { WireOfflineError } from '../errors.js';
import { conferencingTraffic, type Conferences, type ConferencingTraffic } from './conferencing.js';
import type { HaCounts } from './profiles.js';
import { roleNeeds, type RoleNeeds } from './sizing.js';

/** Above this the rules below say nothing that anyone has tried. */
export const maxUsers = 100_000;

export interface PlanRequest extends Conferences {
  readonly users: number;
}

/** Hosts of one kind, and what each of them needs. */
export interface PlannedHosts extends RoleNeeds {
  /** Its role; `admin` is where this tool runs, no host of the island. */
  readonly kind: keyof HaCounts | 'assets' | 'admin';
  readonly count: number;
}

export interface Plan extends PlanRequest {
  readonly hosts: readonly PlannedHosts[];
  /** Of all hosts together. */
  readonly total: Omit<PlannedHosts, 'kind'>;
  readonly conferencing: ConferencingTraffic & {
    /** Network links of 1 Gbit/s that the busier direction fills. */
    readonly gigabitLinks: number;
  };
}

/** The users that the table is made for. */
const tableUsers = 2000;
const tableCounts: HaCounts = { kubernetes: 3, cassandra: 3, search: 3, objects: 3, turn: 2 };

/** A host grows to this many times its row before there are more hosts. */
const maxGrowth = 8;

/** Each hundred participants keep one more core of each of the table's Kubernetes hosts busy. */
const participantsPerCore = 100;
const maxConferenceCores = 32;
const gigabit = 1_000_000_000;
const gigabyte = 1000 ** 3;

/**
 * The hosts that so many users need: the table up to the users that it is made for, beyond them in proportion.
 * Source: the deployment overview's sizing table and its notes.
 *
 * @throws {WireOfflineError} USAGE_INVALID where more people are in calls than there are users
 */
export function planIsland(request: PlanRequest): Plan {
  const { users, calls, participants } = request;
  if (calls * participants > users) throw tooManyInCalls(request);
  const traffic = conferencingTraffic(request);
  const busier = Math.max(traffic.inBitsPerSec, traffic.outBitsPerSec);
  const kubernetes = withConferences(grown('kubernetes', users), calls * participants);
  const hosts: readonly PlannedHosts[] = [
    rowOf('admin', 1, { cores: 1, memoryBytes: 4 * gigabyte, diskBytes: 40 * gigabyte }),
    rowOf('assets', 1, roleNeeds.assets),
    kubernetes,
    grown('cassandra', users),
    grown('search', users),
    grown('objects', users),
    rowOf('turn', tableCounts.turn, roleNeeds.turn),
  ];
  const conferencing = { ...traffic, gigabitLinks: Math.ceil(busier / gigabit) };
  return { users, calls, participants, hosts, total: totalOf(hosts), conferencing };
}

function grown(kind: keyof HaCounts, users: number): PlannedHosts {
  const growth = Math.max(1, users / tableUsers);
  const times = Math.ceil(growth / maxGrowth);
  const each = growth / times;
  const row = kind === 'kubernetes' ? kubernetesNeeds : roleNeeds[kind];
  return rowOf(kind, tableCounts[kind] * times, {
    cores: Math.ceil(row.cores * each),
    memoryBytes: roundUp(row.memoryBytes * each, gigabyte),
    diskBytes: roundUp(row.diskBytes * each, 10 * gigabyte),
  });
}

/** The table's row has etcd on it. */
const kubernetesNeeds: RoleNeeds = {
  cores: roleNeeds.kubernetes.cores + roleNeeds.etcd.cores,
  memoryBytes: roleNeeds.kubernetes.memoryBytes + roleNeeds.etcd.memoryBytes,
  diskBytes: roleNeeds.kubernetes.diskBytes + roleNeeds.etcd.diskBytes,
};

function rowOf(kind: PlannedHosts['kind'], count: number, needs: RoleNeeds): PlannedHosts {
  return { kind, count, ...needs };
}

/** Adds the cores that conferences keep busy, and hosts where one would get too many of them. */
function withConferences(row: PlannedHosts, participants: number): PlannedHosts {
  const extraCores = tableCounts.kubernetes * Math.ceil(participants / participantsPerCore);
  const times = Math.ceil(extraCores / tableCounts.kubernetes / maxConferenceCores);
  const count = Math.max(row.count, tableCounts.kubernetes * times);
  return { ...row, count, cores: row.cores + Math.ceil(extraCores / count) };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function totalOf(hosts: readonly PlannedHosts[]): Plan['total'] {
  const sum = (field: keyof RoleNeeds): number =>
    hosts.reduce((total, row) => total + row.count * row[field], 0);
  return {
    count: hosts.reduce((total, { count }) => total + count, 0),
    cores: sum('cores'),
    memoryBytes: sum('memoryBytes'),
    diskBytes: sum('diskBytes'),
  };
}

function tooManyInCalls({ users, calls, participants }: PlanRequest): WireOfflineError {
  return new WireOfflineError('USAGE_INVALID', {
    message: `--calls ${String(calls)} of --participants ${String(participants)}: expected at most the ${String(users)} users in calls at once, got ${String(calls * participants)}`,
    hint: 'say fewer calls or participants, or more users',
  });
}
