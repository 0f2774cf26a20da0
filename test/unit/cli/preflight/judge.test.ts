import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WireOfflineError, type ErrorCode } from '../../../../cli/errors.js';
import { connections } from '../../../../cli/island/connections.js';
import { kernelOptions } from '../../../../cli/preflight/facts.js';
import { judge } from '../../../../cli/preflight/judge.js';
import type { Reach, Survey } from '../../../../cli/preflight/survey.js';
import { checkIds } from '../../../../cli/preflight/verdict.js';
import { repositoryRoot } from '../../../helpers/repository.js';
import { linksWith, surveyOf, troubles, type SurveyChanges } from '../../../helpers/survey.js';

type Row = readonly [what: string, changes: SurveyChanges, trouble: readonly string[]];

const noon = '2026-06-01T12:00:00Z';
const bundle = { createdAt: noon, arch: 'amd64', sizeBytes: 1000 } as const;

const rows: readonly Row[] = [
  ['is as it was recorded', {}, []],
  ['is an ARM machine', { facts: { architecture: 'arm64' } }, ['architecture failed']],
  ['swaps', { facts: { swaps: ['/dev/sda2'] } }, ['swap failed']],
  [
    'has a kernel without the pod network',
    { facts: { kernelOptions: kernelOptions.filter((option) => option !== 'VXLAN') } },
    ['kernel failed'],
  ],
  ['does not tell what its kernel has', { facts: { kernelOptions: null } }, ['kernel warned']],
  [
    'has cgroup v1',
    { facts: { cgroups: { version: 'v1', controllers: ['cpu', 'cpuset', 'memory', 'pids'] } } },
    ['cgroups warned'],
  ],
  [
    'counts no memory',
    { facts: { cgroups: { version: 'v2', controllers: ['cpu', 'cpuset', 'pids'] } } },
    ['cgroups failed'],
  ],
  ['has no entropy', { facts: { entropyBits: 7 } }, ['entropy failed']],
  [
    'is a container whose kernel is not its own to set',
    {
      facts: {
        sysctls: [
          { name: 'vm.max_map_count', value: 65_530, settable: false },
          { name: 'net.ipv4.ip_forward', value: 1, settable: false },
          { name: 'kernel.pid_max', value: 32_768, settable: false },
        ],
      },
    },
    ['sysctls failed'],
  ],
  [
    'has a kernel that lets few files be open',
    { facts: { openFilesOfKernel: 4096 } },
    ['open-files failed'],
  ],
  ['is allowed less memory than it has', { facts: { memoryAllowedBytes: 5e8 } }, ['memory failed']],
  ['has less memory than it is allowed', { facts: { memoryBytes: 5e8 } }, ['memory failed']],
  ['has less than a core to itself', { facts: { coresAllowed: 0.5 } }, ['cpu failed']],
  ['has no machine id', { facts: { machineId: '' } }, ['machine-id failed']],
  ['has another address', { facts: linksWith('10.20.0.13') }, ['address failed']],
  [
    'has a route into the network of services',
    { facts: { routes: [{ dst: '10.96.7.0/24' }] } },
    ['networks failed'],
  ],
  ['has jumbo frames where others do not', { facts: linksWith('10.20.0.12', 9000) }, []],
  [
    'has a link too small for the pod network',
    { facts: linksWith('10.20.0.12', 1280) },
    ['mtu failed'],
  ],
  [
    'takes localhost for another',
    {
      facts: {
        names: [{ name: 'localhost', answer: 'known', addresses: ['192.0.2.1'] }],
      },
    },
    ['names failed'],
  ],
  [
    'has accepted bundles of another island',
    { facts: { islands: ['south'] } },
    ['leftovers failed'],
  ],
  ['has accepted bundles of this island', { facts: { islands: ['north'] } }, []],
  ['has not finished booting', { facts: { systemd: 'starting' } }, ['systemd failed']],
  ['is 6 seconds ahead', { clock: { aheadMs: 6000, uncertaintyMs: 10 } }, ['clock failed']],
  ['may be 6 seconds behind, or 4', { clock: { aheadMs: -6000, uncertaintyMs: 2000 } }, []],
  ['has a clock before the bundle was made', { bundle }, ['clock-bundle failed']],
  ['has a clock after the bundle was made', { bundle, now: new Date('2026-06-02T00:00:00Z') }, []],
  [
    'is of another architecture than the bundle',
    { bundle: { ...bundle, createdAt: '2026-01-01T00:00:00Z', arch: 'arm64' } },
    ['architecture failed'],
  ],
];

describe('a host', () => {
  it.each(rows)('that %s', async (_what, changes, trouble) => {
    expect(troubles(await surveyOf(changes))).toEqual(trouble);
  });

  const reaches: readonly (readonly [Reach, readonly string[]])[] = [
    ['reached', []],
    ['unknown', []],
    ['refused', ['reachability failed']],
    ['silent', ['reachability failed']],
    ['unreachable', ['reachability failed']],
    ['stalled', ['mtu failed']],
  ];

  it.each(reaches)('whose probe of a port was %s', async (reach, trouble) => {
    const survey = await surveyOf();
    const probes = connections(survey.island).map((connection) => ({ connection, reach }));
    expect(probes.length).toBeGreaterThan(0);
    expect(troubles({ ...survey, probes })).toEqual(trouble);
  });

  const codes: readonly (readonly [ErrorCode, string])[] = [
    ['HOST_REFUSED', 'ssh'],
    ['HOST_TIMEOUT', 'ssh'],
    ['HOST_AUTH_REFUSED', 'ssh'],
    ['HOST_LOST', 'ssh'],
    ['SUDO_REFUSED', 'sudo'],
    ['REMOTE_FAILED', 'facts'],
    ['REMOTE_STATE_INVALID', 'facts'],
  ];

  it.each(codes)(
    'that ended with %s fails the check %s and is judged no further',
    async (code, id) => {
      const survey = await surveyOf();
      const [first, second] = survey.hosts;
      if (first === undefined || second === undefined) throw new TypeError('two hosts');
      const error = new WireOfflineError(code, { message: 'what happened', hint: 'what helps' });
      const silent = [{ host: second.host, error }];
      const told = judge({ ...survey, hosts: [first], silent }).filter(({ host }) => host === 'b1');
      expect(told).toEqual([
        expect.objectContaining({
          id,
          state: 'failed',
          found: 'what happened',
          hint: 'what helps',
        }),
      ]);
    },
  );
});

describe('the assets host', () => {
  async function assetsTroubles(changes: Partial<Survey>): Promise<readonly string[]> {
    const told = judge(await surveyOf(changes)).filter(({ state }) => state !== 'ok');
    return told.map(({ id, host }) => `${id} ${host}`);
  }
  const made = { ...bundle, createdAt: '2026-01-01T00:00:00Z' };

  it('has room for the bundle and 5 % more, or is told to be too small', async () => {
    expect(await assetsTroubles({ bundle: { ...made, sizeBytes: 257_000_000 } })).toEqual([]);
    expect(await assetsTroubles({ bundle: { ...made, sizeBytes: 258_000_000 } })).toEqual([
      'bundle-room a1',
    ]);
  });
});

describe('a slow disk', () => {
  const speeds: readonly (readonly [number | null, number | null, string])[] = [
    [9, 900, 'ok'],
    [11, 100, 'warned'],
    [1, 1100, 'warned'],
    [201, 100, 'failed'],
    [null, null, 'failed'],
  ];

  it.each(speeds)(
    'that syncs in %s ms and writes in %s ms is %s',
    async (syncMs, writeMs, state) => {
      const survey = await surveyOf();
      const hosts = survey.hosts.map(({ facts, ...rest }) => ({
        ...rest,
        facts: {
          ...facts,
          directories: facts.directories.map((one) =>
            one.path === '/srv/etcd' && one.state === 'directory'
              ? { ...one, syncMs, writeMs }
              : one,
          ),
        },
      }));
      const told = judge({ ...survey, hosts }).find(
        ({ id, expected }) => id === 'disk-speed' && expected.includes('/srv/etcd'),
      );
      expect(told?.state).toBe(state);
    },
  );
});

describe('clocks', () => {
  it('are judged by most of them, so that the one that is wrong is told', async () => {
    const survey = await surveyOf({ clock: { aheadMs: 3_600_000, uncertaintyMs: 1 } });
    const [first, second] = survey.hosts;
    if (first === undefined || second === undefined) throw new TypeError('two hosts');
    const clock = { aheadMs: 3_601_000, uncertaintyMs: 1 };
    const told = judge({ ...survey, hosts: [{ ...first, clock }, second] });
    expect(told.filter(({ state }) => state !== 'ok')).toEqual([]);
  });
});

describe('the page about preflight', () => {
  it('lists every check once, in the order in which they are told', async () => {
    const page = await readFile(join(repositoryRoot, 'docs/preflight.md'), 'utf8');
    const rowsOfPage = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, id]) => id);
    expect(rowsOfPage).toEqual([...checkIds]);
  });
});
