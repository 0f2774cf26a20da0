import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callAs,
  errorOf,
  newFriends,
  newGroup,
  startTestGalley,
  type GalleyCall,
  type TestGalley,
} from '../../../helpers/server/galley.js';
import { testDomain } from '../../../helpers/server/service.js';

let galley: TestGalley;
let ada: string;
let group: string;
beforeAll(async () => {
  galley = await startTestGalley();
  [ada = ''] = await newFriends(galley, 1);
  group = await newGroup(galley, [ada]);
});
afterAll(() => galley.stop());

const many = Array.from({ length: 1_001 }, () => ({ domain: 'a.b', id: randomUUID() }));

/** Method, path behind `/conversations` with `:group` for a group of the user, body, and what is answered. */
const rows: readonly (readonly [GalleyCall['method'], string, unknown, string])[] = [
  ['POST', '', 'not json', '400 bad-request'],
  ['POST', '', '', '400 bad-request'],
  ['POST', '', [], '400 bad-request'],
  ['POST', '', { name: '' }, '400 bad-request'],
  ['POST', '', { name: '🎈'.repeat(257) }, '400 bad-request'],
  ['POST', '', { name: 7 }, '400 bad-request'],
  ['POST', '', { access: ['open'] }, '400 bad-request'],
  ['POST', '', { access_role: 'activated' }, '400 bad-request'],
  ['POST', '', { conversation_role: 'wire_owner' }, '400 bad-request'],
  ['POST', '', { message_timer: -1 }, '400 bad-request'],
  ['POST', '', { message_timer: 1e300 }, '400 bad-request'],
  ['POST', '', { receipt_mode: 2 ** 31 }, '400 bad-request'],
  ['POST', '', { protocol: 'mixed' }, '400 bad-request'],
  ['POST', '', { team: { teamid: 'x' } }, '400 bad-request'],
  ['POST', '', { group_conv_type: 'channel' }, '400 bad-request'],
  ['POST', '', { skip_creator: true }, '400 bad-request'],
  ['POST', '', { qualified_users: [{ id: 'x', domain: 'a.b' }] }, '400 bad-request'],
  ['POST', '', { qualified_users: [{ id: randomUUID() }] }, '400 bad-request'],
  ['POST', '/list-ids', { size: 0 }, '400 bad-request'],
  ['POST', '/list-ids', { size: 1_001 }, '400 bad-request'],
  ['POST', '/list-ids', { paging_state: '' }, '400 bad-request'],
  ['POST', '/list-ids', { paging_state: 'AQ==' }, '400 bad-request'],
  ['POST', '/list-ids', { paging_state: 'Ag' }, '400 bad-request'],
  ['POST', '/list-ids', { paging_state: 'A'.repeat(2_000) }, '400 bad-request'],
  ['POST', '/list', { qualified_ids: [] }, '400 bad-request'],
  ['POST', '/list', { qualified_ids: many }, '400 bad-request'],
  ['GET', `/${testDomain}/nobody`, undefined, '400 client-error'],
  ['GET', `/${testDomain}/${'0'.repeat(36)}`, undefined, '400 client-error'],
  ['GET', '/nobody/roles', undefined, '400 client-error'],
  ['POST', '/:group/members', { qualified_users: [] }, '400 bad-request'],
  ['POST', '/:group/members', {}, '400 bad-request'],
  ['DELETE', `/:group/members/${testDomain}/nobody`, undefined, '400 client-error'],
  [
    'DELETE',
    `/:group/members/far.example/${randomUUID()}`,
    undefined,
    '400 federation-not-enabled',
  ],
  ['PUT', `/:group/members/${testDomain}/${randomUUID()}`, {}, '400 bad-request'],
  ['PUT', '/:group/name', { name: 'a'.repeat(257) }, '400 bad-request'],
  ['PUT', '/:group/name', {}, '400 bad-request'],
  ['PUT', '/:group/message-timer', { message_timer: 1.5 }, '400 bad-request'],
  ['PUT', '/:group/receipt-mode', { receipt_mode: null }, '400 bad-request'],
  ['PUT', '/:group/access', { access: ['invite'] }, '400 bad-request'],
  ['PUT', '/:group/self', {}, '400 bad-request'],
  ['PUT', '/:group/self', { hidden: null }, '400 bad-request'],
  ['PUT', '/:group/self', { otr_muted_status: 'all' }, '400 bad-request'],
  ['POST', '/:group/typing', { status: 'thinking' }, '400 bad-request'],
  ['DELETE', '/:group/typing', undefined, '405 client-error'],
];

describe('what galley cannot take', () => {
  it.each(rows)('%s /conversations%s %j: %s', async (method, below, body, error) => {
    const path = `/conversations${below.replace('/:group', `/${testDomain}/${group}`)}`;
    const answer = await callAs(galley, ada, { ...(method && { method }), path, body });
    expect(errorOf(answer)).toBe(error);
  });

  it('says which id of a path is none, as clients compare it', async () => {
    const path = `/conversations/${testDomain}/nobody`;
    const { body } = await callAs(galley, ada, { path });
    expect(body).toMatchObject({
      message: "[path] 'cnv' invalid: Failed reading: Invalid UUID",
    });
  });

  it('is a request of nobody', async () => {
    const path = `/conversations/${testDomain}/${group}`;
    expect(errorOf(await callAs(galley, undefined, { path }))).toBe('401 unauthorized');
  });

  it('takes names of 256 characters of any kind, and mends broken ones', async () => {
    const path = `/conversations/${testDomain}/${group}/name`;
    for (const [name, kept] of [
      ['🎈'.repeat(256), '🎈'.repeat(256)],
      ['a\u0000b\u202e', 'a\u0000b\u202e'],
      ['half \ud83c', 'half \ufffd'],
    ]) {
      const { body } = await callAs(galley, ada, { method: 'PUT', path, body: { name } });
      expect(body).toMatchObject({ data: { name: kept } });
      const shown = await callAs(galley, ada, { path: `/conversations/${testDomain}/${group}` });
      expect(shown.body).toMatchObject({ name: kept });
    }
  });
});

describe('galley without those it needs', () => {
  it('reads without brig, and answers 503 to what needs it', async () => {
    const alone = await startTestGalley({
      BRIG_URL: 'http://127.0.0.1:1',
      GUNDECK_URL: 'http://127.0.0.1:1',
    });
    try {
      const path = `/conversations/${testDomain}/${group}`;
      expect((await callAs(alone, ada, { path })).status).toBe(200);
      const body = { qualified_users: [{ domain: testDomain, id: randomUUID() }] };
      const making = { method: 'POST', path: '/conversations', body } as const;
      expect(errorOf(await callAs(alone, ada, making))).toBe('503 service-unavailable');
    } finally {
      await alone.stop();
    }
  });
});
