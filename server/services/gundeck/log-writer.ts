import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { isAfter, startOfTime, timeUuids } from '../../api/time-uuid.js';
import type { Clock } from '../../clock.js';
import { Unavailable } from '../../http/api-error.js';
import { uuidColumn } from '../../stores/cassandra/columns.js';
import { Undecided, type Bound, type Cassandra } from '../../stores/cassandra/cassandra.js';
import { conditional, select, write } from '../../stores/cassandra/statement.js';
import { lastRow, toColumn, type LogHeads } from './log-heads.js';
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
/** So much goes into one decision. */
const maxBatchEntries = 50;
const maxBatchBytes = 24 * 1024;
/** How often a decision is tried against other gundecks. */
const attempts = 20;
/** Two that meet do not meet again at once. */
const maxPauseMs = 20;

const moveStatement = conditional(
  'UPDATE notification SET last = ? WHERE user = ? IF last = ?',
  lastRow,
);
const insertStatement = write(
  `INSERT INTO notification (user, id, previous, clients, except_connection, payload, payload_id)
   VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ?`,
);
const existsStatement = select(
  'SELECT id FROM notification WHERE user = ? AND id = ?',
  z.object({ id: uuidColumn }),
  'localSerial',
);

/**
 * Appends to the logs of users. Each log is one order that all gundecks agree on, decided in Cassandra: an id is later
 * than all before it and names the one before it, so that whoever follows a log sees when something is missing. Entries
 * that wait for the same log are decided together.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #newId = timeUuids();
  readonly #lanes = new Map<string, Waiting[]>();
  /** Logs that wait for their turn. */
  readonly #idle: string[] = [];
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
    let last: string | undefined;
    while (lane.length > 0) {
      const batch = takeBatch(lane);
      try {
        const entries = batch.map(({ entry }) => entry);
        const logged = await this.#store(user, entries, last);
        last = logged.at(-1)?.id;
        this.#options.onLogged(logged);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        last = undefined;
        for (const { reject } of batch) reject(error);
      }
    }
    this.#lanes.delete(user);
  }

  async #store(user: string, entries: readonly Entry[], known: string | undefined) {
    let last = known ?? (await this.#options.heads.read(user)).last;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const logged = this.#number(entries, last);
      const current = await this.#decide(user, logged, last);
      if (current === undefined) return logged;
      last = current;
      await pause(Math.random() * maxPauseMs);
    }
    throw new Unavailable('cassandra', new Error(`the log of ${user} is written by too many`));
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

  /** Undefined where it was stored, else the newest id that it met. */
  async #decide(
    user: string,
    logged: readonly Logged[],
    last: string,
  ): Promise<string | undefined> {
    const { cassandra, heads } = this.#options;
    const newest = logged.at(-1)?.id ?? last;
    const move = { statement: moveStatement, values: [newest, user, toColumn(last)] };
    try {
      const outcome = await cassandra.decideAll(
        move,
        logged.map((one) => this.#insert(one)),
      );
      return outcome.applied ? undefined : (outcome.current?.last ?? startOfTime);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      return (await this.#exists(user, newest)) ? undefined : (await heads.read(user)).last;
    }
  }

  /** Reading serially ends what was left undecided: what is not there then will not be. */
  async #exists(user: string, id: string): Promise<boolean> {
    return (await this.#options.cassandra.one(existsStatement, [user, id])) !== undefined;
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

/** Takes what may be decided together off a lane, one entry at least. */
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
