import { describe, expect, it } from '@jest/globals';
import { parseProteusMessage } from '../../../../../../server/services/galley/messages/proteus-message.js';
import { BadProtobuf } from '../../../../../../server/services/galley/messages/protobuf.js';
import { encodeMessage } from '../../../../../helpers/server/proteus.js';
import { testDomain } from '../../../../../helpers/server/service.js';

const user = '8e0e8e65-4a2c-4b6f-9f0b-3f0f5f0e1d2c';

/** `sender {1: 0xff}`, one text `hi` for client 1 of the user above, `transient`, `ignore_all {}`; byte by byte. */
const written = Buffer.concat([
  Buffer.from('0a0308ff01', 'hex'),
  Buffer.from('122c', 'hex'),
  Buffer.from('0a03612e62', 'hex'),
  Buffer.from('1225', 'hex'),
  Buffer.from(`0a120a10${user.replaceAll('-', '')}`, 'hex'),
  Buffer.from('12080a020801', 'hex'),
  Buffer.from('12026869', 'hex'),
  Buffer.from('3001', 'hex'),
  Buffer.from('4200', 'hex'),
]);

describe('reading a message', () => {
  it('finds every part of the bytes that the specification describes', () => {
    const withLength = Buffer.from(written);
    // The lengths of the two entries, which follow from what is in them.
    withLength.writeUInt8(withLength.length - 5 - 2 - 4, 6);
    withLength.writeUInt8(withLength.length - 5 - 2 - 5 - 2 - 4, 13);
    const message = parseProteusMessage(withLength);
    expect(message.sender).toBe('ff');
    expect(message.transient).toBe(true);
    expect(message.strategy).toEqual({ kind: 'ignore-all' });
    const text = message.recipients.get('a.b')?.get(user)?.get('1');
    expect(Buffer.from(text ?? []).toString()).toBe('hi');
  });

  it('takes client ids of 64 bits, without leading zeros', () => {
    const clients = { ffffffffffffffff: 'a', '1': 'b' };
    const bytes = encodeMessage({
      sender: 'ffffffffffffffff',
      recipients: [{ user, clients }],
      strategy: 'report_all',
    });
    const message = parseProteusMessage(bytes);
    expect(message.sender).toBe('ffffffffffffffff');
    const found = message.recipients.get(testDomain)?.get(user);
    expect([...(found?.keys() ?? [])].sort()).toEqual(['1', 'ffffffffffffffff']);
  });

  it('keeps the last text of a client that is named twice', () => {
    const recipients = ['first', 'last'].map((text) => ({ user, clients: { '1': text } }));
    const bytes = encodeMessage({ sender: '2', recipients, strategy: 'ignore_all' });
    const text = parseProteusMessage(bytes).recipients.get(testDomain)?.get(user)?.get('1');
    expect(Buffer.from(text ?? []).toString()).toBe('last');
  });

  it('takes a domain that is a name of JavaScript’s for what it is: a domain', () => {
    const recipients = [{ user, clients: { '1': 'x' }, domain: '__proto__' }];
    const bytes = encodeMessage({ sender: '2', recipients, strategy: 'ignore_all' });
    expect([...parseProteusMessage(bytes).recipients.keys()]).toEqual(['__proto__']);
  });

  const base = { sender: '1', recipients: [], strategy: 'report_all' } as const;
  it.each([
    ['no bytes', new Uint8Array()],
    ['text', Buffer.from('hello')],
    ['a field that ends too late', Buffer.from('0aff', 'hex')],
    ['no strategy', encodeMessage({ sender: '1' })],
    ['no sender', encodeMessage({ strategy: 'report_all' })],
    ['a user id of 15 bytes', encodeMessage({ ...base, recipients: [shortUser()] })],
    ['no user id in a strategy', encodeMessage({ ...base, strategy: { report_only: ['nobody'] } })],
    ['more recipients than there can be', encodeMessage({ ...base, recipients: tooMany() })],
    ['an endless number', Buffer.from('0a0b08ffffffffffffffffffff01', 'hex')],
    ['groups without an end', Buffer.alloc(1_000_000, 0x0b)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseProteusMessage(bytes)).toThrow(BadProtobuf);
  });
});

function shortUser() {
  return { user: user.slice(0, -2), clients: { '1': 'x' } };
}

function tooMany() {
  const clients = Object.fromEntries(
    Array.from({ length: 401 }, (_, at) => [(at + 1).toString(16), '']),
  );
  return Array.from({ length: 100 }, () => ({ user, clients }));
}
