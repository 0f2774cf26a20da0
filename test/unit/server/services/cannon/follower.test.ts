import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startOfTime, timeUuids } from '../../../../../server/api/time-uuid.js';
import { Follower, type Offer } from '../../../../../server/services/cannon/follower.js';
import { until } from '../../../../helpers/stores/shared-store.js';

const newId = timeUuids();
const ids = Array.from({ length: 8 }).reduce<string[]>(
  (before) => [...before, newId(Date.parse('2026-01-01'), before.at(-1) ?? startOfTime)],
  [],
);

/** The id of a place in the log; the first is 1. */
function idAt(place: number): string {
  return ids[place - 1] ?? startOfTime;
}

function offerAt(place: number, more: Partial<Offer> = {}): Offer {
  const payload = `[${String(place)}]`;
  return {
    id: idAt(place),
    previous: idAt(place - 1),
    clients: [],
    except: undefined,
    payload,
    ...more,
  };
}

/** A follower of a log that stores places 1 to `stored`, with what it took and how often it read. */
function following(stored: number) {
  const taken: string[] = [];
  const world = { stored, reads: 0, taken, full: false, caughtUp: 0 };
  const follower = new Follower({
    user: 'u',
    client: 'c',
    connection: '7',
    log: pino({ level: 'silent' }),
    link: {
      read: (_, after) => {
        world.reads += 1;
        const places = ids.flatMap((_id, at) => (at < world.stored ? [at + 1] : []));
        const later = places.filter((place) => idAt(place) > after);
        const notifications = later.map((place) => ({
          id: idAt(place),
          payload: `[${String(place)}]`,
        }));
        return Promise.resolve({
          notifications,
          position: notifications.at(-1)?.id ?? after,
          more: false,
        });
      },
    },
    sink: {
      take: ({ payload }) => world.taken.push(payload),
      isFull: () => world.full,
      caughtUp: () => (world.caughtUp += 1),
    },
  });
  return { world, follower };
}

function took(world: { readonly taken: readonly string[] }, count: number): Promise<void> {
  return until(`${String(count)} taken`, () => Promise.resolve(world.taken.length >= count));
}

describe('a follower of a log', () => {
  it('takes offers that continue the log without reading', () => {
    const { world, follower } = following(3);
    follower.start(idAt(1), idAt(1));
    follower.offer(offerAt(2));
    follower.offer(offerAt(3));
    expect(world.taken).toEqual(['[2]', '[3]']);
    expect(world.reads).toBe(0);
  });

  it('puts offers that overtook each other in order, and takes each once', () => {
    const { world, follower } = following(3);
    follower.start(idAt(0), idAt(0));
    follower.offer(offerAt(3));
    follower.offer(offerAt(2));
    follower.offer(offerAt(1));
    follower.offer(offerAt(2));
    expect(world.taken).toEqual(['[1]', '[2]', '[3]']);
    follower.stop();
  });

  it('reads what never came', async () => {
    const { world, follower } = following(4);
    follower.start(idAt(1), idAt(1));
    follower.offer(offerAt(4));
    await took(world, 3);
    expect(world.taken).toEqual(['[2]', '[3]', '[4]']);
    follower.stop();
  });

  it('reads what nobody offered, when it learns of it', async () => {
    const { world, follower } = following(2);
    follower.start(idAt(1), idAt(1));
    follower.learn(idAt(2));
    await took(world, 1);
    expect(world.taken).toEqual(['[2]']);
    follower.stop();
  });

  it('keeps offers that come before it starts, but not those before its position', () => {
    const { world, follower } = following(3);
    follower.offer(offerAt(1));
    follower.offer(offerAt(2));
    follower.start(idAt(1), idAt(1));
    expect(world.taken).toEqual(['[2]']);
    follower.stop();
  });

  it('passes over what is for other clients, and over what its own connection caused', () => {
    const { world, follower } = following(3);
    follower.start(idAt(0), idAt(0));
    follower.offer(offerAt(1, { clients: ['d'], payload: undefined }));
    follower.offer(offerAt(2, { except: '7' }));
    follower.offer(offerAt(3, { clients: ['c'], except: '8' }));
    expect(world.taken).toEqual(['[3]']);
    expect(world.reads).toBe(0);
  });

  it('reads what is for it and came without events', async () => {
    const { world, follower } = following(1);
    follower.start(idAt(0), idAt(0));
    follower.offer(offerAt(1, { payload: undefined }));
    await took(world, 1);
    expect(world.taken).toEqual(['[1]']);
    follower.stop();
  });

  it('waits while its sink is full, and goes on when told', () => {
    const { world, follower } = following(3);
    follower.start(idAt(0), idAt(0));
    world.full = true;
    follower.offer(offerAt(1));
    expect(world.taken).toEqual([]);
    world.full = false;
    follower.resume();
    expect(world.taken).toEqual(['[1]']);
  });

  it('is not held up by an id that has ended', async () => {
    const { world, follower } = following(1);
    follower.start(idAt(0), idAt(3));
    await until('it caught up', () => Promise.resolve(world.caughtUp > 0));
    expect(follower.position).toBe(idAt(3));
    follower.offer(offerAt(4));
    expect(world.taken).toEqual(['[1]', '[4]']);
  });
});
