import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { recipientSchema } from '../../../../cli/island/age-recipient.js';
import {
  addressSchema,
  byteSizeSchema,
  directorySchema,
  domainSchema,
  hostNameSchema,
  networkSchema,
  overlap,
  serverSchema,
  userSchema,
} from '../../../../cli/island/fields.js';
import { hostKeySchema } from '../../../../cli/island/host-key.js';
import { hostKey, recipients } from '../../../helpers/islands.js';

const hostile = [
  ...[
    '',
    ' ',
    'a b',
    'a\n',
    '\na',
    'a\u0000',
    '$(reboot)',
    '`reboot`',
    'a;b',
    'a|b',
    "a'b",
    'a"b',
    '-a',
  ],
  ...['--', 'a&b', 'a>b', 'a/../b', '../a', 'a\u202eb', 'ä', '*', '~', '!', 'x'.repeat(300)],
];

describe('what becomes a word of a command', () => {
  it.each(
    Object.entries({
      ...{ hostNameSchema, domainSchema, addressSchema, serverSchema, userSchema },
      ...{ directorySchema, networkSchema, byteSizeSchema, hostKeySchema, recipientSchema },
    }),
  )('takes nothing hostile: %s', (_name, schema: z.ZodType) => {
    expect(hostile.filter((text) => schema.safeParse(text).success)).toEqual([]);
  });
});

describe('a value of an island file', () => {
  it.each([
    [
      hostNameSchema,
      ['a', 'a1', 'kube-1', 'x'.repeat(63)],
      ['A', 'a-', 'a.b', 'a_b', 'x'.repeat(64)],
    ],
    [
      domainSchema,
      ['wire.example', 'a.b.c-d.example'],
      ['example', 'a..b', '10.20.0.1', 'Wire.example', 'a.b.'],
    ],
    [
      addressSchema,
      ['10.20.0.11', '127.0.0.1'],
      ['0.0.0.0', '224.0.0.1', '10.20.0', '010.1.1.1', '::1', '10.20.0.256', 'a.example'],
    ],
    [serverSchema, ['10.20.0.11', 'ntp.example', 'ntp'], ['0.0.0.0', '10.20.0', '1', '256.1.1.1']],
    [
      directorySchema,
      ['/srv/a', '/srv/a.b/c'],
      ['/', 'srv', '/srv/', '/srv//a', '/srv/.a', '/srv/../etc'],
    ],
    [
      networkSchema,
      ['10.244.0.0/16', '100.64.0.0/10'],
      ['10.244.0.1/16', '10.244.0.0', '10.0.0.0/7', '10.0.0.0/25', '10.0.0.0/016'],
    ],
    [byteSizeSchema, ['80GB', '1.5GiB'], ['80', '0GB', '80 gb', '-1GB', '80GBs']],
  ])('takes what it should and nothing else', (schema: z.ZodType, good, bad) => {
    expect(good.filter((text) => !schema.safeParse(text).success)).toEqual([]);
    expect(bad.filter((text) => schema.safeParse(text).success)).toEqual([]);
  });

  it('tells networks that share addresses', () => {
    expect(overlap('10.0.0.0/8', '10.244.0.0/16')).toBe(true);
    expect(overlap('10.244.0.0/16', '10.245.0.0/16')).toBe(false);
    expect(overlap('172.16.0.0/12', '172.32.0.0/16')).toBe(false);
  });
});

describe('a host key', () => {
  it('is taken with and without a comment', () => {
    const base64 = hostKey().split(' ')[1];
    for (const text of [hostKey(), `${hostKey()} root@a1`])
      expect(hostKeySchema.parse(text)).toEqual({ type: 'ssh-ed25519', base64 });
  });

  it.each([
    ['of RSA', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB'],
    ['with another type in front', hostKey().replace('ssh-ed25519', 'ecdsa-sha2-nistp256')],
    ['cut short', hostKey().slice(0, -4)],
    ['with bytes after it', `${hostKey()}AAAA`],
    ['that is a fingerprint', 'SHA256:OazsxDT5xpQVdRqZukbYJRVOtxNaD3LT/Kz+10fvipM'],
    ['with a line after it', `${hostKey()} x\nssh-rsa y`],
  ])('is refused: one %s', (_what, text) => {
    expect(hostKeySchema.safeParse(text).success).toBe(false);
  });
});

describe('an age recipient', () => {
  it('is taken as age-keygen prints it', () => {
    const made = 'age14ux2xw88s0r0f5czvmw0a44rxxketh3llf30v3c3ajdntuxha3aqj5up64';
    for (const text of [made, ...recipients]) expect(recipientSchema.parse(text)).toBe(text);
  });

  it('is refused with any one character mistyped', () => {
    const [text] = recipients;
    for (let at = 4; at < text.length; at++) {
      const typo = `${text.slice(0, at)}${text[at] === 'q' ? 'p' : 'q'}${text.slice(at + 1)}`;
      expect(recipientSchema.safeParse(typo).success).toBe(false);
    }
  });

  it('is refused where it is a secret key', () => {
    expect(recipientSchema.safeParse(`AGE-SECRET-KEY-1${'Q'.repeat(58)}`).success).toBe(false);
  });
});
