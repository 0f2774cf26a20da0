import type { Problem } from '../errors.js';
import type { Island } from './island.js';

/** Fewer, and one lost key is the end of all secrets. */
export const minRecipients = 2;

/** What a valid island file does not say yet and an installation needs. */
export function openPoints({ file, hosts, jumpHosts, secrets }: Island): readonly Problem[] {
  const unpinned = [...hosts, ...jumpHosts].filter(({ hostKey }) => hostKey === undefined);
  const problems = unpinned.map(({ where, name }) => ({
    where,
    expected: `the pinned host key of ${name}`,
    got: 'none',
  }));
  const count = secrets.recipients.length;
  if (count >= minRecipients) return problems;
  const expected = `at least ${String(minRecipients)}: an operator's and a recovery key's`;
  return [...problems, { where: `${file} secrets.recipients`, expected, got: String(count) }];
}
