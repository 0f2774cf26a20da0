import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'cassandra-driver';
import { pino } from 'pino';
import { systemClock } from '../../../../server/clock.js';
import { galleyMigrateData } from '../../../../server/jobs/galley-migrate-data.js';
import { adminClient, sharedCassandra, testPassword } from '../../../helpers/stores/cassandra.js';
import {
  callAs,
  newFriends,
  newGroup,
  qualified,
  startTestGalley,
  type TestGalley,
} from '../../../helpers/server/galley.js';

let galley: TestGalley;
let folder: string;
let admin: Client;
let port: number;
beforeAll(async () => {
  galley = await startTestGalley();
  ({ port } = await sharedCassandra());
  admin = adminClient(port);
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-job-'));
  await writeFile(join(folder, 'cassandra-password'), testPassword);
});
afterAll(async () => {
  await galley.stop();
  await admin.shutdown();
  await rm(folder, { recursive: true, force: true });
});

const run = () =>
  galleyMigrateData({
    env: { CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(port)}`, SECRETS_FOLDER: folder },
    log: pino({ level: 'silent' }),
    clock: systemClock,
  });

async function listed(user: string): Promise<unknown> {
  const path = '/conversations/list-ids';
  return (await callAs(galley, user, { method: 'POST', path, body: {} })).body;
}

/** A group as it is where somebody who is in it does not find it. */
async function groupWithoutEntries(creator: string, member: string): Promise<string> {
  const id = randomUUID();
  const shared = `revision = 1, change = ${id}, type = 'group', creator = ${creator}`;
  await admin.execute(
    `UPDATE galley.conversation SET ${shared} WHERE id = ${id} IF revision = null`,
  );
  for (const user of [creator, member])
    await admin.execute(
      `INSERT INTO galley.conversation (id, user, role) VALUES (${id}, ${user}, 'wire_admin') IF NOT EXISTS`,
    );
  return id;
}

describe('the job galley-migrate-data', () => {
  it('gives people the conversations that their list lacks, and takes away those they are not in', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const [shared, own] = [await groupWithoutEntries(ada, bob), await newGroup(galley, [ada])];
    const entry = 'galley.conversation_of_user';
    await admin.execute(
      `INSERT INTO ${entry} (user, conversation) VALUES (${bob}, ${own}) USING TIMESTAMP 1`,
    );
    const stranger = randomUUID();
    await admin.execute(
      `INSERT INTO ${entry} (user, conversation) VALUES (${stranger}, ${own}) USING TIMESTAMP 1`,
    );
    await run();
    const ids = [bob, shared].map(qualified);
    expect(await listed(bob)).toMatchObject({
      qualified_conversations: expect.arrayContaining(ids),
      has_more: false,
    });
    expect(JSON.stringify(await listed(bob))).not.toContain(own);
    expect(await listed(stranger)).toMatchObject({ qualified_conversations: [] });
    await run();
    expect(await listed(bob)).toMatchObject({
      qualified_conversations: expect.arrayContaining(ids),
    });
  });
});
