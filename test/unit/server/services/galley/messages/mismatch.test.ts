import { describe, expect, it } from '@jest/globals';
import { judgeRecipients } from '../../../../../../server/services/galley/messages/mismatch.js';
import { parseProteusMessage } from '../../../../../../server/services/galley/messages/proteus-message.js';
import {
  encodeMessage,
  type EntryParts,
  type MessageParts,
} from '../../../../../helpers/server/proteus.js';
import { testDomain as domain } from '../../../../../helpers/server/service.js';

const [ada, bob, eve] = [
  'aaaaaaaa-0000-4000-8000-000000000000',
  'bbbbbbbb-0000-4000-8000-000000000000',
  'eeeeeeee-0000-4000-8000-000000000000',
] as const;

/** ada (clients a1, a2) writes with a1 to bob (b1, b2); eve is not in the conversation. */
const audience = {
  domain,
  clients: new Map([
    [ada, new Set(['a1', 'a2'])],
    [bob, new Set(['b1', 'b2'])],
  ]),
  sender: { user: ada, client: 'a1' },
};

const texts = (...clients: readonly string[]) =>
  Object.fromEntries(clients.map((client) => [client, client]));

const everyone: readonly EntryParts[] = [
  { user: ada, clients: texts('a2') },
  { user: bob, clients: texts('b1', 'b2') },
];

function judge(recipients: readonly EntryParts[], strategy: MessageParts['strategy']) {
  const bytes = encodeMessage({ sender: 'a1', recipients, strategy: strategy ?? 'report_all' });
  const { deliveries, ...judgement } = judgeRecipients(parseProteusMessage(bytes), audience);
  return { ...judgement, to: deliveries.map(({ client }) => client).sort() };
}

const nothing = { missing: {}, deleted: {}, redundant: {}, isComplete: true };

describe('comparing recipients with those who should get a message', () => {
  it('has nothing to report where every client is named', () => {
    expect(judge(everyone, 'report_all')).toEqual({ ...nothing, to: ['a2', 'b1', 'b2'] });
  });

  it('reports every client that is missing, of the sender too, but not the sending one', () => {
    const judgement = judge([{ user: bob, clients: texts('b1') }], 'report_all');
    expect(judgement.isComplete).toBe(false);
    expect(judgement.missing).toEqual({ [domain]: { [ada]: ['a2'], [bob]: ['b2'] } });
  });

  it('sends to whom it can where missing ones are ignored', () => {
    const judgement = judge([{ user: bob, clients: texts('b1') }], 'ignore_all');
    expect(judgement).toEqual({ ...nothing, to: ['b1'] });
  });

  it.each([
    [{ report_only: [bob] }, { [domain]: { [bob]: ['b2'] } }],
    [{ report_only: [ada] }, { [domain]: { [ada]: ['a2'] } }],
    [{ report_only: [eve] }, {}],
    [{ ignore_only: [bob] }, { [domain]: { [ada]: ['a2'] } }],
    [{ ignore_only: [ada, bob] }, {}],
    [{ ignore_only: [] }, { [domain]: { [ada]: ['a2'], [bob]: ['b2'] } }],
  ])('reports with %j only %j', (strategy, missing) => {
    const judgement = judge([{ user: bob, clients: texts('b1') }], strategy);
    expect(judgement.missing).toEqual(missing);
    expect(judgement.isComplete).toBe(Object.keys(missing).length === 0);
  });

  it('reports the sending client as redundant, never as deleted, and does not send to it', () => {
    const self = { user: ada, clients: texts('a1') };
    const judgement = judge([...everyone, self], 'report_all');
    expect(judgement.redundant).toEqual({ [domain]: { [ada]: ['a1'] } });
    expect(judgement.deleted).toEqual({});
    expect(judgement.to).toEqual(['a2', 'b1', 'b2']);
  });

  it('tells clients that are gone from users who are', () => {
    const more = [
      { user: bob, clients: texts('b3') },
      { user: eve, clients: texts('e1') },
      { user: bob, clients: texts('f1'), domain: 'far.example' },
    ];
    const judgement = judge([...everyone, ...more], 'report_all');
    expect(judgement.deleted).toEqual({ [domain]: { [bob]: ['b3'] } });
    expect(judgement.redundant).toEqual({
      [domain]: { [eve]: ['e1'] },
      'far.example': { [bob]: ['f1'] },
    });
    expect(judgement.to).toEqual(['a2', 'b1', 'b2']);
  });

  it('leaves everything else alone where a domain is called as JavaScript’s prototype is', () => {
    const odd = { user: bob, clients: texts('b1'), domain: '__proto__' };
    const { redundant } = judge([...everyone, odd], 'report_all');
    expect(JSON.stringify(redundant)).toBe(`{"__proto__":{"${bob}":["b1"]}}`);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
