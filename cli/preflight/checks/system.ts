import type { Check } from '../verdict.js';

/** What the assets host keeps before anything is installed: a push comes first. */
const pushed: readonly string[] = ['blobs', 'incoming', 'releases'];

/** What an earlier install left would be taken for this island's. */
export const checkLeftovers: Check = ({ host, facts }, { island }) => {
  const foreign = facts.islands.filter((name) => name !== island.name);
  return [
    {
      isOk: facts.leftovers.length === 0,
      expected: 'nothing of an earlier install',
      found: facts.leftovers.join(', ') || 'nothing',
      hint: 'install the machine anew, or take away what was installed with its own tools, and these paths',
    },
    {
      isOk: foreign.length === 0,
      expected: 'a host that no other island has accepted bundles on',
      found: foreign.length === 0 ? 'none' : `one of island ${foreign.join(', ')}`,
      hint: 'check that the island file names the right machine; else install it anew',
    },
    ...host.dataDirectories.map(({ role, path }, index) => {
      const found = facts.directories[index];
      const entries = found?.state === 'directory' ? found.entries : [];
      const known = ['lost+found', ...(role === 'assets' ? pushed : [])];
      const foreignEntries = entries.filter((name) => !known.includes(name));
      return {
        isOk: foreignEntries.length === 0,
        expected: `${path} (${role}) to be empty`,
        found: foreignEntries.slice(0, 5).join(', ') || 'nothing',
        hint: 'save what is still needed, then make the file system anew',
      };
    }),
  ];
};

export const checkSystemd: Check = ({ facts: { systemd, failedUnits } }) => {
  const failed = failedUnits.join(', ');
  return [
    {
      isOk: systemd === 'running',
      expected: 'a systemd that has started all there is',
      found: failed === '' ? systemd || 'no systemd' : `${systemd}: ${failed}`,
      hint:
        failed === ''
          ? 'wait until it has booted; see what it waits for: systemctl list-jobs'
          : `see why: systemctl status ${failedUnits.join(' ')}; then systemctl reset-failed`,
    },
  ];
};

export const checkAptLock: Check = ({ facts: { locks } }) => [
  {
    isOk: locks.length === 0,
    expected: 'nobody who installs packages at this moment',
    found: locks.map(({ path, holder }) => `${holder} holds ${path}`).join(', ') || 'nobody',
    hint: 'wait until it has ended; stop what does it by itself: systemctl disable --now apt-daily.timer apt-daily-upgrade.timer unattended-upgrades',
  },
];

export const checkPackages: Check = ({ facts: { brokenPackages } }) => [
  {
    isOk: brokenPackages.length === 0,
    expected: 'packages that are all configured',
    found: brokenPackages.length === 0 ? 'they are' : `not ${brokenPackages.join(', ')}`,
    hint: 'finish what was begun: dpkg --configure -a',
  },
];
