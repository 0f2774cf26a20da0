import type { HostFacts } from '../facts.js';
import type { Survey, SurveyedHost } from '../survey.js';
import type { Check } from '../verdict.js';

export const checkHostname: Check = (subject, survey) => {
  const { hostname } = subject.facts;
  const twins = othersWith(subject, survey, (facts) => facts.hostname === hostname);
  return [
    {
      isOk: hostname !== '' && twins.length === 0,
      expected: 'a host name that no other host has',
      found: `${hostname}${alsoText(twins)}`,
      hint: `give it one of its own: hostnamectl set-hostname ${subject.host.name}`,
    },
  ];
};

/** Clones of one machine share it, and with it addresses from DHCP and journals. Source: machine-id(5). */
export const checkMachineId: Check = (subject, survey) => {
  const { machineId } = subject.facts;
  const twins = othersWith(subject, survey, (facts) => facts.machineId === machineId);
  const isOne = /^[0-9a-f]{32}$/.test(machineId);
  return [
    {
      isOk: isOne && twins.length === 0,
      expected: 'a machine id that no other host has',
      found: isOne ? `${machineId}${alsoText(twins)}` : 'no machine id',
      hint: 'make a new one: rm /etc/machine-id, systemd-machine-id-setup, and boot it again',
    },
  ];
};

export const checkAddress: Check = (subject, survey) => {
  const { address } = subject.host;
  const own = addressesOf(subject.facts);
  const twins = othersWith(subject, survey, (facts) => addressesOf(facts).includes(address));
  const isThere = own.includes(address);
  return [
    {
      isOk: isThere && twins.length === 0,
      expected: `${address} on one of its links, and on no other host`,
      found: isThere
        ? `${address}${alsoText(twins)}`
        : `only ${own.join(', ') || 'none'}${alsoText(twins)}`,
      hint: 'hosts reach one another by the address of the island file: give the link that one, and no other host; a translated address does not do',
    },
  ];
};

/** What is on links but the loopback one. */
function addressesOf({ links }: HostFacts): readonly string[] {
  return links
    .filter(({ ifname }) => ifname !== 'lo')
    .flatMap(({ addr_info }) => addr_info.map(({ local }) => local));
}

function othersWith(
  subject: SurveyedHost,
  { hosts }: Survey,
  isTwin: (facts: HostFacts) => boolean,
): readonly string[] {
  return hosts
    .filter((other) => other !== subject && isTwin(other.facts))
    .map(({ host }) => host.name);
}

function alsoText(twins: readonly string[]): string {
  return twins.length === 0 ? '' : `, as ${twins.join(', ')} has`;
}
