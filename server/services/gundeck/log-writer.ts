import { isAfter, startOfTime, timeUuids } from '../../api/time-uuid.js';
import type { Clock } from '../../clock.js';
import { Unavailable } from '../../http/api-error.js';
import type { Lease } from './lease.js';
import type { Bound, Cassandra } from '../../stores/cassandra/cassandra.js';
import { write } from '../../stores/cassandra/statement.js';
import type { LogHeads } from './log-heads.js';
import type { Payload } from './payloads.js';

/** What is to be appended to the log of one user. */
export interface Entry {
  readonly user: string;
  /** None means all clients. */
  readonly clients: readonly string[];
  /** The connection that caused it. */
  readonly except: string | undefined;
  readonly payload: Payload;
}

/** An entry in its log. */
export interface Logged extends Entry {
  readonly id: string;
  /** The id before it in the log. */
  readonly previous: string;
}

export interface LogWriterOptions {
  readonly cassandra: Cassandra;
  readonly heads: LogHeads;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly lifeSeconds: number;
  /** Told of what is stored at once and in the order of each log. */
  readonly onLogged: (logged: readonly Logged[]) => void;
}

interface Waiting {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So many logs are written to at a time: Cassandra's own queues are no place to wait. */
const maxLanes = 128;
/** So much goes into one write. */
const maxBatchEntries = 50;
const maxBatchBytes = 24 * 1024;
/** Of so many logs the newest id is remembered. */
const maxKnown = 50_000;

const moveStatement = write('UPDATE notification SET last = ? WHERE user = ?');
const insertStatement = write(
  `INSERT INTO notification (user, id, previous, clients, except_connection, payload, payload_id)
   VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ?`,
);
/**
 * Appends to the logs of users. Only the gundeck that has the lease does, so that each log is in one order: an id is later
 * than all before it, is stored after all before it, and names the one before it, so that whoever follows a log sees when
 * something is missing. Entries that wait for the same log are stored together.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #newId = timeUuids();
  readonly #lanes = new Map<string, Waiting[]>();
  /** Logs that wait for their turn. */
  readonly #idle: string[] = [];
  /** The newest ids of logs, as long as the lease lasts without a break. */
  readonly #known = new Map<string, string>();
  #knownTerm = 0;
  #running = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Settles once the entry is stored. Entries of one user are stored in the order of the calls. */
  append(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { entry, resolve, reject };
      const lane = this.#lanes.get(entry.user);
      if (lane !== undefined) lane.push(waiting);
      else {
        this.#lanes.set(entry.user, [waiting]);
        this.#idle.push(entry.user);
        this.#start();
      }
    });
  }

  #start(): void {
    while (this.#running < maxLanes) {
      const user = this.#idle.shift();
      if (user === undefined) return;
      this.#running += 1;
      void this.#run(user).finally(() => {
        this.#running -= 1;
        this.#start();
      });
    }
  }

  async #run(user: string): Promise<void> {
    const lane = this.#lanes.get(user) ?? [];
    while (lane.length > 0) {
      const batch = takeBatch(lane);
      try {
        const entries = batch.map(({ entry }) => entry);
        this.#options.onLogged(await this.#store(user, entries));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // It may have been stored all the same.
        this.#known.delete(user);
        for (const { reject } of batch) reject(error);
      }
    }
    this.#lanes.delete(user);
  }

  async #store(user: string, entries: readonly Entry[]): Promise<Logged[]> {
    const { cassandra, heads, lease } = this.#options;
    const term = lease.term;
    if (term === undefined) throw new NotTheWriter();
    if (term !== this.#knownTerm) this.#known.clear();
    this.#knownTerm = term;
    const last = this.#known.get(user) ?? (await heads.read(user)).last;
    const logged = this.#number(entries, last);
    const newest = logged.at(-1)?.id ?? last;
    if (lease.term !== term) throw new NotTheWriter();
    await cassandra.writeAll([
      { statement: moveStatement, values: [newest, user] },
      ...logged.map((one) => this.#insert(one)),
    ]);
    // Another may have written later ids meanwhile, which clients have already: then it does not count as stored.
    if (lease.term !== term) throw new Unavailable('cassandra', new Error('the lease ended'));
    this.#know(user, newest);
    return logged;
  }

  #know(user: string, last: string): void {
    this.#known.delete(user);
    this.#known.set(user, last);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  #number(entries: readonly Entry[], last: string): Logged[] {
    let previous = last;
    return entries.map((entry) => {
      const id = this.#newId(this.#options.clock.nowMs(), previous);
      const logged = { ...entry, id, previous };
      previous = id;
      return logged;
    });
  }

  #insert({ user, id, previous, clients, except, payload }: Logged): Bound {
    const text = payload.id === undefined ? payload.text : null;
    const values = [
      user,
      id,
      isAfter(previous, startOfTime) ? previous : null,
      [...clients],
      except ?? null,
      text,
      payload.id ?? null,
      this.#options.lifeSeconds,
    ];
    return { statement: insertStatement, values };
  }
}

/** Another gundeck writes the logs: nothing was stored. */
export class NotTheWriter extends Error {
  override readonly name = 'NotTheWriter';
}

/** Takes what may be stored together off a lane, one entry at least. */
function takeBatch(lane: Waiting[]): Waiting[] {
  let sizeBytes = 0;
  let count = 0;
  for (const { entry } of lane) {
    sizeBytes += entry.payload.id === undefined ? entry.payload.sizeBytes : 0;
    if (count > 0 && (count === maxBatchEntries || sizeBytes > maxBatchBytes)) break;
    count += 1;
  }
  return lane.splice(0, count);
}
