import { describe, expect, it } from '@jest/globals';
import { conferencingTraffic } from '../../../../cli/island/conferencing.js';
import { maxUsers, planIsland, type Plan } from '../../../../cli/island/plan.js';
import { planTemplate } from '../../../../cli/island/plan-template.js';
import { parseIsland } from '../../../../cli/island/read.js';

const request = { calls: 0, participants: 5 };

function cells({ hosts }: Plan): readonly (readonly [string, ...number[]])[] {
  return hosts.map(({ kind, count, cores, memoryBytes, diskBytes }) => [
    ...([kind, count, cores, memoryBytes / 1e9, diskBytes / 1e9] as const),
  ]);
}

describe('the plan of an island', () => {
  it.each([1, 2000])('is the table of the deployment overview for %d users', (users) => {
    expect(cells(planIsland({ ...request, users }))).toEqual([
      ['admin', 1, 1, 4, 40],
      ['assets', 1, 1, 4, 100],
      ['kubernetes', 3, 6, 8, 40],
      ['cassandra', 3, 2, 4, 80],
      ['search', 3, 1, 2, 60],
      ['objects', 3, 1, 2, 400],
      ['turn', 2, 1, 2, 10],
    ]);
  });

  it('adds up per server to what the overview says: one of each, then with admin and assets', () => {
    const rows = cells(planIsland({ ...request, users: 2000 }));
    const sum = (of: typeof rows): number[] =>
      [2, 3, 4].map((column) => of.reduce((total, row) => total + Number(row[column]), 0));
    expect(sum(rows.slice(2))).toEqual([11, 18, 590]);
    expect(sum(rows)).toEqual([13, 26, 730]);
  });

  it('grows hosts with the users first, then their number', () => {
    const big = cells(planIsland({ ...request, users: 16_000 }));
    expect(big).toContainEqual(['cassandra', 3, 16, 32, 640]);
    const bigger = cells(planIsland({ ...request, users: 20_000 }));
    expect(bigger).toContainEqual(['cassandra', 6, 10, 20, 400]);
    expect(bigger).toContainEqual(['turn', 2, 1, 2, 10]);
  });

  it('adds a core to each Kubernetes host for each hundred people in calls', () => {
    const plan = planIsland({ users: 2000, calls: 21, participants: 10 });
    expect(cells(plan)).toContainEqual(['kubernetes', 3, 9, 8, 40]);
  });

  it('sums up all hosts', () => {
    const { total } = planIsland({ ...request, users: 2000 });
    expect(total).toEqual({ count: 16, cores: 34, memoryBytes: 60e9, diskBytes: 1900e9 });
  });

  it.each([1, 2000, 16_001, maxUsers])(
    'is a valid island file of that size: %d users',
    async (users) => {
      const plan = planIsland({ users, calls: Math.floor(users / 5), participants: 5 });
      const text = planTemplate(plan, { name: 'north', domain: 'wire.example', user: 'root' });
      const island = await parseIsland({ file: 'i.yaml', bytes: Buffer.from(text) });
      const [cassandra] = plan.hosts.filter(({ kind }) => kind === 'cassandra');
      const made = island.hosts.filter(({ roles }) => roles.includes('cassandra'));
      expect(made).toHaveLength(cassandra?.count ?? 0);
      expect(made[0]?.size).toEqual({
        cores: cassandra?.cores,
        memoryBytes: cassandra?.memoryBytes,
      });
      expect(made[0]?.dataDirectories[0]?.sizeBytes).toBe(cassandra?.diskBytes);
    },
  );
});

describe('the traffic of conferences', () => {
  it('takes one audio and one video stream from each participant', () => {
    expect(conferencingTraffic({ calls: 10, participants: 4 }).inBitsPerSec).toBe(10 * 4 * 400_000);
  });

  it.each([
    [2, 2 * (2 * 50_000 + 1 * 350_000)],
    [5, 5 * (5 * 50_000 + 4 * 350_000)],
    [9, 9 * (5 * 50_000 + 8 * 350_000)],
    [10, 10 * (5 * 50_000 + 9 * 350_000)],
    [50, 50 * (5 * 50_000 + 9 * 350_000)],
  ])(
    'sends the audio of up to five and the video of up to nine: %d participants',
    (participants, bits) => {
      expect(conferencingTraffic({ calls: 1, participants }).outBitsPerSec).toBe(bits);
    },
  );

  it('is nothing without calls', () => {
    expect(conferencingTraffic({ calls: 0, participants: 5 })).toEqual({
      inBitsPerSec: 0,
      outBitsPerSec: 0,
    });
  });
});
