import type { Survey, SurveyedHost } from './survey.js';

/** Every check, in the order in which it is told; the names are a contract with operators' scripts. */
export const checkIds = [
  ...(['ssh', 'sudo', 'facts', 'os', 'architecture', 'cpu', 'memory', 'swap'] as const),
  ...(['root-disk', 'data-directory', 'disk-size', 'disk-speed', 'bundle-room'] as const),
  ...(['hostname', 'machine-id', 'address', 'networks', 'names', 'clock', 'clock-bundle'] as const),
  ...(['time-source', 'mtu', 'reachability', 'ports', 'kernel', 'sysctls', 'cgroups'] as const),
  ...(['open-files', 'entropy', 'leftovers', 'systemd', 'apt-lock', 'packages'] as const),
] as const;

export type CheckId = (typeof checkIds)[number];

/** What came of one check on one host. */
export interface Verdict {
  readonly id: CheckId;
  readonly host: string;
  /** `warned`: it works, and someone should know. */
  readonly state: 'ok' | 'warned' | 'failed';
  readonly expected: string;
  readonly found: string;
  /** What to do; nothing where all is well. */
  readonly hint: string | null;
}

/** What a check says of one thing; whether it is well decides what becomes of it. */
export interface Finding {
  readonly isOk: boolean;
  readonly expected: string;
  readonly found: string;
  readonly hint: string;
  /** Bad enough to stop for, unless said. */
  readonly otherwise?: 'warned' | 'failed';
}

/** A check of a host that answered: facts in, findings out, nothing else looked at. */
export type Check = (subject: SurveyedHost, survey: Survey) => readonly Finding[];

/** The verdict that a finding amounts to. */
export function verdictOf(id: CheckId, host: string, finding: Finding): Verdict {
  const { isOk, expected, found, hint, otherwise = 'failed' } = finding;
  return isOk
    ? { id, host, state: 'ok', expected, found, hint: null }
    : { id, host, state: otherwise, expected, found, hint };
}
