import { describe, expect, it } from '@jest/globals';
import {
  claimBridge,
  fenceScript,
  linkName,
  networkOf,
  raiseBridge,
  setLink,
} from '../../../../cli/rehearsal/network.js';
import { codeOf } from '../../../helpers/codes.js';

const network = networkOf(['10.77.3.11', '10.77.3.12']);

describe('the network of a rehearsal', () => {
  it('is the narrowest that has all hosts, with its first address for this machine', () => {
    expect(network).toEqual({
      ...{ address: '10.77.3.0', prefixLength: 24 },
      ...{ bridgeAddress: '10.77.3.1', bridge: 'wob0a4d0300' },
    });
    expect(networkOf(['10.77.3.11', '10.77.200.12'])).toMatchObject({
      ...{ address: '10.77.0.0', prefixLength: 16 },
    });
  });

  it('gives this machine another address where a host has the first', () => {
    expect(networkOf(['192.168.7.1']).bridgeAddress).toBe('192.168.7.254');
  });

  it('is wide enough that no host has its first or last address', () => {
    expect(networkOf(['10.77.2.0', '10.77.2.9']).prefixLength).toBe(22);
    expect(networkOf(['10.77.2.255']).prefixLength).toBe(23);
  });

  it('does not span networks that have nothing to do with one another', async () => {
    const far = Promise.resolve().then(() => networkOf(['10.77.3.11', '192.168.7.1']));
    expect(await codeOf(far)).toBe('REHEARSAL_NETWORK_UNUSABLE');
  });

  it('is claimed by its name, then told whose it is, fenced, addressed and raised', () => {
    expect([claimBridge(network), ...raiseBridge(network, 'trial')]).toEqual([
      ['ip', 'link', 'add', 'name', 'wob0a4d0300', 'type', 'bridge'],
      ['ip', 'link', 'set', 'dev', 'wob0a4d0300', 'alias', 'wire-offline rehearsal trial'],
      ['nft', '-f', '-'],
      ['ip', 'address', 'add', '10.77.3.1/24', 'dev', 'wob0a4d0300'],
      ['ip', 'link', 'set', 'dev', 'wob0a4d0300', 'up'],
    ]);
  });

  it('forwards nothing off the bridge or onto it', () => {
    const lines = fenceScript(network).split('\n');
    expect(lines).toContain(
      'add rule inet wob0a4d0300 forward iifname wob0a4d0300 oifname != wob0a4d0300 drop',
    );
    expect(lines).toContain(
      'add rule inet wob0a4d0300 forward iifname != wob0a4d0300 oifname wob0a4d0300 drop',
    );
  });

  it('calls links by names that the kernel takes', () => {
    expect(linkName('255.255.255.255').length).toBeLessThan(16);
    expect(setLink('10.77.3.11', 'down')).toEqual([
      'ip',
      'link',
      'set',
      'dev',
      'vb-woh0a4d030b',
      'down',
    ]);
  });
});
