import { roles } from '../../cli/island/roles.js';

/** Two recipients of the age format whose keys nobody has. */
export const recipients = [
  'age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq',
  'age1qgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpquuzgag',
] as const;

/** A well-formed Ed25519 host key whose point is these 32 equal bytes. */
export function hostKey(byte = 7): string {
  const name = Buffer.from('ssh-ed25519');
  const wire = Buffer.concat([Buffer.from([0, 0, 0, 11]), name, Buffer.from([0, 0, 0, 32])]);
  return `ssh-ed25519 ${Buffer.concat([wire, Buffer.alloc(32, byte)]).toString('base64')}`;
}

/** A host entry with every role; what is given takes the place of what it says by default. */
export function hostEntry(
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const usual = { name: 'a1', address: '10.20.0.11', user: 'operator', hostKey: hostKey() };
  return { ...usual, roles, ...fields };
}

/** An island file's text, without fields that are undefined; JSON is YAML, and each field stands on a line of its own. */
export function islandText(fields: Readonly<Record<string, unknown>> = {}): string {
  const island: Readonly<Record<string, unknown>> = {
    ...{ apiVersion: 'wire-offline/v1', kind: 'Island', name: 'north', domain: 'wire.example' },
    ...{ channel: 'stable', hosts: [hostEntry()], secrets: { recipients } },
    ...fields,
  };
  return Object.entries(island)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${JSON.stringify(value)}\n`))
    .join('');
}
