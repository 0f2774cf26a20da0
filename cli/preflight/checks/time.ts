import type { Survey } from '../survey.js';
import type { Check } from '../verdict.js';

/** What a person can set by hand; the time service that an install brings corrects the rest before a store starts. */
const maxSkewMs = 5_000;

/** A host differs when it differs from most: this machine's clock has a vote, so that two hosts do not blame each other. */
export const checkClock: Check = (subject, survey) => {
  if (survey.hosts.length < 2) return [];
  const { aheadMs, uncertaintyMs } = subject.clock;
  const offMs = aheadMs - usualAheadMs(survey);
  return [
    {
      isOk: Math.abs(offMs) - uncertaintyMs <= maxSkewMs,
      expected: `a clock within ${secondsText(maxSkewMs)} of the other hosts'`,
      found:
        Math.abs(offMs) - uncertaintyMs <= maxSkewMs
          ? 'within'
          : `${secondsText(Math.abs(offMs))} ${offMs > 0 ? 'ahead' : 'behind'}`,
      hint: 'set it: timedatectl set-ntp false, then timedatectl set-time with the time of a clock you trust',
    },
  ];
};

/** A signed time has passed: a clock before it is wrong, and certificates would be refused. */
export const checkClockAgainstBundle: Check = (subject, { bundle, now }) => {
  if (bundle === undefined) return [];
  const hostMs = now.getTime() + subject.clock.aheadMs;
  return [
    {
      isOk: hostMs + subject.clock.uncertaintyMs >= Date.parse(bundle.createdAt),
      expected: `a clock not before the bundle was made, ${bundle.createdAt}`,
      found: new Date(hostMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      hint: 'set it: timedatectl set-ntp false, then timedatectl set-time with the time of a clock you trust',
    },
  ];
};

/** Two services that keep the time pull it to and fro; servers that the island file names must answer. */
export const checkTimeSource: Check = ({ facts: { timeServices, timeServers } }) => [
  {
    isOk: timeServices.length < 2,
    expected: 'at most one service that keeps the time: an install puts chrony in its place',
    found: timeServices.join(', ') || 'none',
    hint: `keep one: systemctl disable --now ${timeServices.slice(1).join(' ')}`,
  },
  ...timeServers.map(({ server, answers }) => ({
    isOk: answers,
    expected: `time server ${server} to answer on port 123/udp`,
    found: answers ? 'it does' : 'no answer',
    hint: 'correct time.servers in the island file, or let NTP through to it from the assets host',
  })),
];

/** The clock in the middle: right while most are. */
function usualAheadMs({ hosts }: Survey): number {
  const sorted = [0, ...hosts.map(({ clock }) => clock.aheadMs)].sort((one, two) => one - two);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
