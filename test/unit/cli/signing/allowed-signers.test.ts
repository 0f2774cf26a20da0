import { describe, expect, it } from '@jest/globals';
import {
  allowedSignersLine,
  parseAllowedSigners,
} from '../../../../cli/signing/allowed-signers.js';
import { publicKeyOf } from '../../../../cli/signing/public-key.js';
import { craftKey } from '../../../helpers/ssh-blocks.js';

const key = `ssh-ed25519 ${craftKey({ keyByte: 1 }).toString('base64')}`;
const otherKey = `ssh-ed25519 ${craftKey({ keyByte: 2 }).toString('base64')}`;
const ours = 'namespaces="wire-offline-bundle,wire-offline-trust"';

function parse(text: string): ReturnType<typeof parseAllowedSigners> {
  return parseAllowedSigners('allowed_signers', Buffer.from(text, 'latin1'));
}

describe('allowed_signers', () => {
  it('names people, what they may sign and when', () => {
    const line = `alice namespaces="wire-offline-bundle",valid-after="20260101Z",valid-before="202701012359Z" ${key} her key`;
    const { signers, problems } = parse(`# a comment\n\n${line}\nbob ${ours} ${otherKey}\n`);
    expect(problems).toEqual([]);
    expect(signers).toMatchObject([
      {
        identity: 'alice',
        namespaces: ['wire-offline-bundle'],
        validity: {
          fromUnixSec: Date.UTC(2026, 0, 1) / 1000,
          untilUnixSec: Date.UTC(2027, 0, 1, 23, 59) / 1000,
        },
      },
      { identity: 'bob', namespaces: ['wire-offline-bundle', 'wire-offline-trust'], validity: {} },
    ]);
  });

  it('is read as it is written for a new key', () => {
    const made = publicKeyOf(craftKey());
    expect(made && parse(allowedSignersLine('alice', made))).toMatchObject({
      signers: [{ identity: 'alice', key: made }],
      problems: [],
    });
  });

  it.each([
    ['cert-authority', `alice cert-authority,${ours} ${key}`, 'cert-authority'],
    [
      'cert-authority after our namespaces',
      `alice ${ours},cert-authority ${key}`,
      'cert-authority',
    ],
    ['no namespaces', `alice ${key}`, 'another line'],
    ['namespaces of others', `alice namespaces="git" ${key}`, 'git'],
    ['ours and another namespace', `alice namespaces="wire-offline-bundle,git" ${key}`, 'git'],
    ['a pattern of namespaces', `alice namespaces="wire-offline-*" ${key}`, 'wire-offline-*'],
    ['an empty namespace', `alice namespaces="" ${key}`, 'namespaces=""'],
    ['namespaces twice', `alice ${ours},${ours} ${key}`, 'namespaces'],
    ['an option that does not exist', `alice ${ours},verify-required ${key}`, 'verify-required'],
    ['several people', `alice,bob ${ours} ${key}`, 'alice,bob'],
    ['a pattern of people', `* ${ours} ${key}`, '*'],
    ['a negated person', `!alice ${ours} ${key}`, '!alice'],
    ['capital letters', `Alice ${ours} ${key}`, 'Alice'],
    ['a path for a name', `../alice ${ours} ${key}`, '../alice'],
    ['a quoted name', `"alice" ${ours} ${key}`, '"alice"'],
    ['a time without its zone', `alice ${ours},valid-after="20260101" ${key}`, '20260101'],
    ['a day that does not exist', `alice ${ours},valid-before="20260230Z" ${key}`, '20260230Z'],
    ['an end that is no time', `alice ${ours},valid-before="never" ${key}`, 'never'],
    [
      'an end before the start',
      `alice ${ours},valid-after="20270101Z",valid-before="20260101Z" ${key}`,
      'another order',
    ],
    [
      'no time between start and end',
      `alice ${ours},valid-after="20260101Z",valid-before="20260101Z" ${key}`,
      'another order',
    ],
    ['a type that is not the key’s', `alice ${ours} sk-${key}`, 'sk-ssh-ed25519'],
    ['an RSA key', `alice ${ours} ssh-rsa AAAAB3NzaC1yc2E=`, 'ssh-rsa'],
    ['a key cut off', `alice ${ours} ${key.slice(0, -3)}`, 'ssh-ed25519'],
    ['two spaces', `alice  ${ours} ${key}`, 'another line'],
    ['a space before', ` alice ${ours} ${key}`, 'another line'],
    ['a tab', `alice\t${ours} ${key}`, 'another character'],
    ['a carriage return', `alice ${ours} ${key}\r`, 'another character'],
    ['NUL', `alice ${ours} ${key}\0`, 'another character'],
    ['letters beyond ASCII', `alic\u00e9 ${ours} ${key}`, 'another character'],
    ['a name of 4 KiB', `${'a'.repeat(4096)} ${ours} ${key}`, 'aaaa'],
  ])('refuses %s, with the line', (_title, line, got) => {
    const { problems } = parse(`# first\n${line}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      where: 'allowed_signers:2',
      got: expect.stringContaining(got),
    });
  });

  it('refuses the same key twice, whoever holds it', () => {
    const { problems } = parse(`alice ${ours} ${key}\nbob ${ours} ${key}\n`);
    expect(problems).toMatchObject([
      { where: 'allowed_signers:2', got: 'the key of allowed_signers:1' },
    ]);
  });

  it('tells all that is wrong at once', () => {
    const { problems } = parse(`* ${ours} ${key}\nbob ${otherKey}\nhello\n`);
    expect(problems.map(({ where }) => where)).toEqual([
      'allowed_signers:1',
      'allowed_signers:2',
      'allowed_signers:3',
    ]);
  });
});
