import { describe, expect, it } from '@jest/globals';
import {
  assertChannelTrusted,
  firstPolicyText,
  parsePolicy,
} from '../../../../cli/signing/trust-policy.js';

const good = { schemaVersion: 1, version: 3, threshold: 2, channels: ['stable'] };

function parse(value: unknown): ReturnType<typeof parsePolicy> {
  return parsePolicy('policy.yaml', Buffer.from(JSON.stringify(value)));
}

describe('a policy', () => {
  it('says how many must sign and which channels are taken', () => {
    expect(parse(good)).toEqual(good);
  });

  it('is born with one signer and every channel', () => {
    expect(parsePolicy('policy.yaml', Buffer.from(firstPolicyText()))).toEqual({
      schemaVersion: 1,
      version: 1,
      threshold: 1,
      channels: ['*'],
    });
  });

  it.each([
    ['an unknown schemaVersion', { ...good, schemaVersion: 2 }, 'schemaVersion'],
    ['a threshold of 0', { ...good, threshold: 0 }, 'threshold'],
    ['a threshold of a half', { ...good, threshold: 1.5 }, 'threshold'],
    ['a threshold as text', { ...good, threshold: '1' }, 'threshold'],
    ['no threshold', { schemaVersion: 1, version: 1, channels: ['*'] }, 'threshold'],
    ['a version of 0', { ...good, version: 0 }, 'version'],
    ['no channels', { ...good, channels: [] }, 'channels'],
    ['a channel that is a path', { ...good, channels: ['../x'] }, 'channels.0'],
    ['an unknown field', { ...good, treshold: 1 }, 'treshold'],
  ])('with %s is refused', (_title, value, field) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        code: 'TRUST_INVALID',
        problems: [expect.objectContaining({ where: expect.stringContaining(field) })],
      }),
    );
  });

  it('takes bundles of its channels only', () => {
    const policy = parse(good);
    expect(() => {
      assertChannelTrusted(policy, 'beta');
    }).toThrow(expect.objectContaining({ code: 'CHANNEL_NOT_TRUSTED' }));
    assertChannelTrusted(policy, 'stable');
    assertChannelTrusted({ ...policy, channels: ['*'] }, 'beta');
  });
});
