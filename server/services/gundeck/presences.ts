import { z } from 'zod';
import type { Clock } from '../../clock.js';
import { Unavailable } from '../../http/api-error.js';
import type { Redis } from '../../stores/redis/redis.js';

/** Where a socket is. */
export interface Presence {
  readonly user: string;
  readonly socket: string;
  readonly client: string | undefined;
  readonly cannonUrl: string;
}

/** A cannon tells of its sockets every 30 s; what is three times not told again is gone. */
export const presenceSeconds = 90;
/** From when on Redis knows all sockets, in milliseconds since 1970. Absent where it started anew. */
const completeKey = 'presences:complete-from';
/** By then every cannon told of every socket again, twice. */
const incompleteMs = 60_000;
/** After a failure nothing is asked for so long: commands to a Redis that hangs do not pile up. */
const awayMs = 1_000;

const presenceField = z.object({
  client: z.string().optional(),
  cannonUrl: z.string(),
  toldAtMs: z.number(),
});

const found = z.tuple([
  z.tuple([z.null(), z.string().nullable()]),
  z.tuple([z.null(), z.record(z.string(), z.string())]),
]);

/** The presences of sockets, in Redis: a hash for each user, a field for each socket. */
export class Presences {
  readonly #redis: Redis;
  readonly #clock: Clock;
  #awayUntilMs = Number.NEGATIVE_INFINITY;

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Keeps where sockets are. @throws {Unavailable} where Redis is away. */
  async tell(presences: readonly Presence[]): Promise<void> {
    const toldAtMs = this.#clock.nowMs();
    await this.#run((pipeline) => {
      for (const { user, socket, client, cannonUrl } of presences) {
        pipeline.hset(keyOf(user), socket, JSON.stringify({ client, cannonUrl, toldAtMs }));
        pipeline.expire(keyOf(user), presenceSeconds);
      }
    });
  }

  /** Forgets sockets. @throws {Unavailable} where Redis is away. */
  async forget(sockets: readonly { readonly user: string; readonly socket: string }[]) {
    await this.#run((pipeline) => {
      for (const { user, socket } of sockets) pipeline.hdel(keyOf(user), socket);
    });
  }

  /**
   * The sockets of a user; undefined where Redis does not know all of them, because it started anew a while ago.
   *
   * @throws {Unavailable} where it is away.
   */
  async of(user: string): Promise<readonly Presence[] | undefined> {
    const results = await this.#run((pipeline) => {
      pipeline.get(completeKey);
      pipeline.hgetall(keyOf(user));
    });
    const [[, completeFrom], [, fields]] = found.parse(results);
    if (!(await this.#isComplete(completeFrom))) return undefined;
    const oldestMs = this.#clock.nowMs() - presenceSeconds * 1_000;
    return Object.entries(fields).flatMap(([socket, text]) => {
      const { client, cannonUrl, toldAtMs } = presenceField.parse(JSON.parse(text));
      return toldAtMs < oldestMs ? [] : [{ user, socket, client, cannonUrl }];
    });
  }

  async #isComplete(completeFrom: string | null): Promise<boolean> {
    if (completeFrom !== null) return Number(completeFrom) <= this.#clock.nowMs();
    const fromMs = this.#clock.nowMs() + incompleteMs;
    await this.#run((pipeline) => pipeline.setnx(completeKey, String(fromMs)));
    return false;
  }

  async #run(fill: (pipeline: Pipeline) => unknown): Promise<unknown> {
    if (performance.now() < this.#awayUntilMs)
      throw new Unavailable('redis', new Error('it was away a moment ago'));
    try {
      return await this.#redis.run((client) => {
        const pipeline = client.pipeline();
        fill(pipeline);
        return pipeline.exec().then(allDone);
      });
    } catch (error) {
      this.#awayUntilMs = performance.now() + awayMs;
      throw error;
    }
  }
}

type Pipeline = ReturnType<Parameters<Parameters<Redis['run']>[0]>[0]['pipeline']>;

/** A pipeline answers with the errors of its commands. */
function allDone(results: readonly (readonly [Error | null, unknown])[] | null): unknown {
  const failed = results?.find(([error]) => error !== null)?.[0];
  if (results === null || failed !== undefined) throw failed ?? new Error('no answer');
  return results;
}

function keyOf(user: string): string {
  return `user:${user}`;
}
