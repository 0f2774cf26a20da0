import { describe, expect, it } from '@jest/globals';
import { hostKeySchema } from '../../../../cli/island/host-key.js';
import type { SshEndpoint } from '../../../../cli/island/island.js';
import { hostVerifier } from '../../../../cli/transport/host-verifier.js';
import { codeOf } from '../../../helpers/codes.js';

/** An Ed25519 key as it goes over the wire, of 32 equal bytes. */
function wireKey(byte: number): Buffer {
  const type = Buffer.from('ssh-ed25519');
  const length = (bytes: number): Buffer => Buffer.from([0, 0, 0, bytes]);
  return Buffer.concat([length(type.length), type, length(32), Buffer.alloc(32, byte)]);
}

function endpoint(hostKey: SshEndpoint['hostKey']): SshEndpoint {
  return { name: 'one', address: '127.0.0.1', user: 'root', port: 22, where: 'hosts.0', hostKey };
}

const pinned = endpoint(hostKeySchema.parse(`ssh-ed25519 ${wireKey(1).toString('base64')}`));

async function judged(offered: Uint8Array): Promise<string> {
  return codeOf(
    (async () => {
      await Promise.resolve();
      hostVerifier(pinned).verify(offered);
    })(),
  );
}

describe('the verifier of host keys', () => {
  it('takes the pinned key', async () => {
    expect(await judged(wireKey(1))).toBe('none');
  });

  it.each([
    ['another key', wireKey(2)],
    ['no bytes', Buffer.alloc(0)],
    ['the start of the pinned key', wireKey(1).subarray(0, 40)],
    ['the pinned key and more', Buffer.concat([wireKey(1), Buffer.from([0])])],
  ])('refuses %s', async (_title, offered) => {
    expect(await judged(offered)).toBe('HOST_KEY_CHANGED');
  });

  it('is not to be had for a host without a pinned key', () => {
    expect(() => hostVerifier(endpoint(undefined))).toThrow(
      /expected a pinned host key at hosts\.0/,
    );
  });

  it('asks for the kind of key that is pinned first', () => {
    expect(hostVerifier(pinned).keyTypes[0]).toBe('ssh-ed25519');
  });
});
