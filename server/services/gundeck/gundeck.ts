import type { Config } from '../../config/read-config.js';
import type { RedisConfig } from '../../config/schemas.js';
import { contractOf } from '../../contract/services.js';
import type { Logger } from '../../log/logger.js';
import { defineService } from '../../service/service.js';
import { cassandraOf } from '../../stores/cassandra/of-service.js';
import { Redis } from '../../stores/redis/redis.js';
import { connectStore } from '../../stores/store.js';
import { Cannons } from './cannons.js';
import { Delivery } from './delivery.js';
import { gundeckConfig } from './gundeck-config.js';
import { Lease } from './lease.js';
import { LogHeads } from './log-heads.js';
import { LogReader } from './log-reader.js';
import { LogWriter, type Logged } from './log-writer.js';
import { Payloads } from './payloads.js';
import { Presences } from './presences.js';
import { Pusher } from './pusher.js';
import { Queues } from './queues.js';
import { notificationRoutes } from './routes/notifications.js';
import { WriterLink } from './writer-link.js';
import { pushRoutes } from './routes/push.js';
import { socketRoutes } from './routes/sockets.js';

/** Notifications: stored in the log of each user, delivered to sockets, fetched by clients that were away. */
export const gundeck = defineService({
  contract: contractOf('gundeck'),
  configSchema: gundeckConfig,
  build({ config, log, clock, ending }) {
    const lifeSeconds = config.values.NOTIFICATION_SECONDS;
    const cassandra = cassandraOf('gundeck', config);
    const redis = redisOf(config, log);
    const presences = new Presences(redis, clock);
    const cannons = new Cannons(cassandra, clock);
    const delivery = new Delivery({ presences, cannons, log });
    const payloads = new Payloads(cassandra, lifeSeconds);
    const heads = new LogHeads(cassandra);
    const reader = new LogReader(cassandra, payloads);
    const queues = new Queues({ cassandra, heads, reader });
    const onLogged = (logged: readonly Logged[]) => void deliver(delivery, logged);
    const lease = new Lease({ cassandra, url: config.values.GUNDECK_PUSH_URL, log, ending });
    const link = new WriterLink(lease);
    const writer = new LogWriter({ cassandra, heads, lease, clock, lifeSeconds, onLogged });
    const pusher = new Pusher({ payloads, writer, delivery, clock, link });
    return {
      // Redis is none of them: without it gundeck goes on, and has to stay ready for that.
      stores: [cassandra],
      routes: [
        ...pushRoutes(pusher, queues),
        ...notificationRoutes({ reader, heads, clock }),
        ...socketRoutes({ presences, cannons, heads, reader, queues }),
      ],
      started() {
        void connectStore(redis, { log, signal: ending });
        void lease.keep();
      },
      async close() {
        await lease.release();
        await link.close();
        await delivery.close();
        await redis.close();
      },
    };
  },
});

async function deliver(delivery: Delivery, logged: readonly Logged[]): Promise<void> {
  const [first] = logged;
  if (first === undefined) return;
  await delivery.send(
    first.user,
    logged.map(({ payload, ...one }) => ({ ...one, payload: payload.text })),
  );
}

function redisOf(config: Config<RedisConfig>, log: Logger): Redis {
  const { values } = config;
  return new Redis({
    address: values.REDIS_ADDRESS,
    user: 'gundeck',
    password: config.secret('redis-password'),
    caFile: values.REDIS_CA_FILE,
    onError: (error) => {
      log.warn({ err: error }, 'redis');
    },
  });
}
