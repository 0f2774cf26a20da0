import { describe, expect, it } from '@jest/globals';
import { WireOfflineError } from '../../../../cli/errors.js';
import { compareKey, refuseChanged, unconfirmed } from '../../../../cli/island/found-keys.js';
import { hostKeySchema } from '../../../../cli/island/host-key.js';
import type { SshEndpoint } from '../../../../cli/island/island.js';
import { hostKey } from '../../../helpers/islands.js';

const [one, other] = [hostKeySchema.parse(hostKey(1)), hostKeySchema.parse(hostKey(2))];

function endpoint(name: string, pinned?: typeof one): SshEndpoint {
  const place = { address: '10.20.0.11', user: 'o', port: 22, where: 'i.yaml:6:9 hosts.0' };
  return { ...place, name, hostKey: pinned };
}

describe('a key that a host shows', () => {
  it('is new, pinned or changed', () => {
    expect(compareKey(endpoint('a'), one).state).toBe('new');
    expect(compareKey(endpoint('a', one), one).state).toBe('pinned');
    expect(compareKey(endpoint('a', one), other).state).toBe('changed');
  });

  it('is refused where it changed, host by host, unless the host was named', () => {
    const found = ['a', 'b'].map((name) => compareKey(endpoint(name, one), other));
    const refuse =
      (...replace: string[]) =>
      () => {
        refuseChanged([...found, compareKey(endpoint('c'), one)], replace);
      };
    expect(refuse('a')).toThrow('1 of 3 hosts: expected the pinned host key, got another');
    expect(refuse()).toThrow(expect.objectContaining({ code: 'HOST_KEY_CHANGED' }));
    expect(refuse('a', 'b')).not.toThrow();
  });

  it('is named by its fingerprint where nobody confirmed it', () => {
    const error = unconfirmed([compareKey(endpoint('a'), one)]);
    expect(error).toBeInstanceOf(WireOfflineError);
    expect(error.problems).toEqual([
      {
        where: 'i.yaml:6:9 hosts.0 a',
        expected: 'a confirmed fingerprint',
        got: expect.stringMatching(/^SHA256:/),
      },
    ]);
  });
});
