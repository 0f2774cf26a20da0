import { describe, expect, it } from '@jest/globals';
import { hostKeySchema } from '../../../../cli/island/host-key.js';
import { pinKeys } from '../../../../cli/island/pin-keys.js';
import { codeOf } from '../../../helpers/codes.js';
import { hostKey } from '../../../helpers/islands.js';

const roles = '[assets, etcd, kubernetes, cassandra, search, objects, redis, turn]';

const head = `apiVersion: wire-offline/v1 # the version
kind: Island
name: north
domain: wire.example
channel: stable

`;

/** The file's text with these keys pinned. */
function pin(text: string, names: readonly string[]): Promise<string> {
  const keys = new Map(names.map((name) => [name, hostKeySchema.parse(hostKey(9))]));
  return pinKeys({ file: 'i.yaml', bytes: Buffer.from(text) }, keys);
}

describe('pinning a host key', () => {
  it('adds one line and keeps every other character, comments included', async () => {
    const text = `${head}# all hosts\nhosts:\n  - name: a1 # first\n    address: 10.20.0.11 # rack 3\n\n    # who\n    user:   "operator"\n    roles: ${roles}\n`;
    expect(await pin(text, ['a1'])).toBe(
      text.replace('# rack 3\n', `# rack 3\n    hostKey: ${hostKey(9)}\n`),
    );
  });

  it('replaces an older key in its place', async () => {
    const text = `${head}hosts:\n  - hostKey: "${hostKey(1)}" # old\n    name: a1\n    address: 10.20.0.11\n    user: o\n    roles: ${roles}\n`;
    expect(await pin(text, ['a1'])).toBe(text.replace(`"${hostKey(1)}"`, hostKey(9)));
  });

  it('knows hosts on one line, jump hosts and files of Windows', async () => {
    const text =
      `${head}hosts:\n  - { name: a1, address: 10.20.0.11, user: o, jump: gate, roles: ${roles} }\njumpHosts:\n  - address: 10.20.0.1\n    name: gate\n    user: g`.replaceAll(
        '\n',
        '\r\n',
      );
    expect(await pin(text, ['a1', 'gate'])).toBe(
      text
        .replace('10.20.0.11,', `10.20.0.11, hostKey: ${hostKey(9)},`)
        .replace('10.20.0.1\r\n', `10.20.0.1\r\n    hostKey: ${hostKey(9)}\r\n`),
    );
  });

  it('leaves hosts alone that are not named', async () => {
    const text = `${head}hosts:\n  - { name: a1, address: 10.20.0.11, user: o, roles: ${roles} }\n`;
    expect(await pin(text, [])).toBe(text);
  });

  it('refuses a host behind an alias and changes nothing', async () => {
    const text = `${head}hosts:\n  - name: a1\n    address: 10.20.0.11\n    user: o\n    jump: gate\n    roles: ${roles}\njumpHosts: &j\n  - &g { name: gate, address: 10.20.0.1, user: g }\n  - *g\n`;
    expect(await codeOf(pin(text, ['gate']))).toBe('ISLAND_INVALID');
  });
});
