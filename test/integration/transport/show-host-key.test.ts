import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hostKeyText, type HostKey } from '../../../cli/island/host-key.js';
import { showHostKey } from '../../../cli/transport/show-host-key.js';
import { codeOf } from '../../helpers/codes.js';
import { freePort, startImpostor, startSshd } from '../../helpers/sshd.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.remove());

const address = '127.0.0.9';

function shown(port: number, signal = new AbortController().signal): Promise<HostKey> {
  const endpoint = { name: 'a', address, user: 'nobody', hostKey: undefined, where: 'i.yaml:1:1' };
  return showHostKey({ endpoint: { ...endpoint, port }, signal });
}

describe('the host key that a machine shows', () => {
  it('is that of its sshd, and nobody needs an account there', async () => {
    const { port, hostKey } = await startSshd(world, {
      ...{ name: 'a', address, keyTypes: ['ed25519', 'ecdsa', 'rsa'] },
    });
    expect(hostKeyText(await shown(port))).toBe(hostKey);
  });

  it('is refused where it is of RSA only', async () => {
    const { port } = await startSshd(world, { name: 'a', address, keyTypes: ['rsa'] });
    expect(await codeOf(shown(port))).toBe('HOST_LOST');
  });

  it.each([
    ['resets', 'HOST_LOST'],
    ['talks nonsense', 'HOST_LOST'],
    ['hangs', 'HOST_TIMEOUT'],
  ] as const)('does not come from a server that %s', async (does, code) => {
    expect(await codeOf(shown(await startImpostor(world, { address, does })))).toBe(code);
  });

  it('does not come where nobody listens', async () => {
    expect(await codeOf(shown(await freePort(address)))).toBe('HOST_REFUSED');
  });

  it('is no longer waited for once the run is stopped', async () => {
    const port = await startImpostor(world, { address, does: 'hangs' });
    const stop = new AbortController();
    const asked = shown(port, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(asked).rejects.toThrow('stopped');
  });
});
