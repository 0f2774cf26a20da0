import { setTimeout as pause } from 'node:timers/promises';
import { isAfter, startOfTime } from '../../../server/api/time-uuid.js';
import {
  fetchAll,
  numberOf,
  openSocket,
  type ReceivedNotification,
  type SocketClient,
} from './socket-client.js';

export interface FollowingOptions {
  readonly user: string;
  /** Where cannons and gundecks are at the moment; each attempt takes the next. */
  readonly cannonUrls: () => readonly string[];
  readonly gundeckUrls: () => readonly string[];
}

/** A client as Wire's are: it opens a socket, fetches what is newer than what it has, and then takes what the socket brings. */
export interface FollowingClient {
  /** The numbers of what it took, in their order. */
  readonly numbers: readonly number[];
  /** Drops its socket as a lost network does; it connects again. */
  drop(): void;
  stop(): Promise<void>;
}

/**
 * Starts one. It is strict: it takes nothing that is not later than all it has, so what comes out of order is lost to it.
 */
export function follow(options: FollowingOptions): FollowingClient {
  const state: State = {
    ...options,
    taken: [],
    last: startOfTime,
    attempt: 0,
    stopped: false,
    socket: undefined,
  };
  const running = run(state);
  return {
    get numbers() {
      return state.taken.map(numberOf);
    },
    drop: () => state.socket?.close(),
    async stop() {
      state.stopped = true;
      state.socket?.close();
      await running;
    },
  };
}

interface State extends FollowingOptions {
  readonly taken: ReceivedNotification[];
  last: string;
  attempt: number;
  stopped: boolean;
  socket: SocketClient | undefined;
}

async function run(state: State): Promise<void> {
  while (!state.stopped) {
    state.attempt += 1;
    try {
      await session(state);
    } catch {
      // Something is away: it tries elsewhere.
      await pause(20);
    }
  }
}

async function session(state: State): Promise<void> {
  const { user } = state;
  const socket = await openSocket({ url: turn(state, state.cannonUrls()), user });
  state.socket = socket;
  try {
    const url = turn(state, state.gundeckUrls());
    const since = state.last === startOfTime ? {} : { since: state.last };
    for (const notification of await fetchAll({ url, user, ...since })) take(state, notification);
    for (let at = 0; !socket.isClosed() || at < socket.texts.length;) {
      const fresh = socket.notifications.slice(at);
      at += fresh.length;
      for (const notification of fresh) take(state, notification);
      await pause(5);
    }
  } finally {
    socket.close();
  }
}

function take(state: State, notification: ReceivedNotification): void {
  if (!isAfter(notification.id, state.last)) return;
  state.last = notification.id;
  state.taken.push(notification);
}

function turn({ attempt }: State, urls: readonly string[]): string {
  return urls[attempt % urls.length] ?? '';
}
