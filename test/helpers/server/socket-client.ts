import { WebSocket } from 'undici';
import { z } from 'zod';

const event = z.looseObject({ type: z.string(), number: z.number().optional() });

const notification = z.object({
  id: z.string(),
  payload: z.array(event),
  transient: z.boolean().optional(),
});

export type ReceivedNotification = z.output<typeof notification>;

const eventsFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('event'),
    data: z.object({ delivery_tag: z.number(), event: notification }),
  }),
  z.object({
    type: z.literal('synchronization'),
    data: z.object({ delivery_tag: z.number(), marker_id: z.string() }),
  }),
  z.object({ type: z.literal('notifications_missed') }),
]);

export type EventsFrame = z.output<typeof eventsFrame>;

export interface SocketClientOptions {
  /** Of a cannon. */
  readonly url: string;
  readonly user: string;
  readonly client?: string;
  readonly connection?: string;
  /** With a slash; `/await` unless told. */
  readonly path?: string;
  readonly marker?: string;
}

/** A WebSocket as clients open it, with what came on it. */
export interface SocketClient {
  readonly texts: readonly string[];
  /** The frames of a legacy socket. */
  readonly notifications: readonly ReceivedNotification[];
  /** The numbers of their events, in the order they came. */
  readonly numbers: readonly number[];
  /** The frames of a socket with a queue. */
  readonly frames: readonly EventsFrame[];
  /** How it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly isClosed: () => boolean;
  send(text: string): void;
  ack(tag: number, multiple?: boolean): void;
  close(): void;
}

/** Opens a socket with the headers that nginz sets; rejects where it is refused. */
export async function openSocket(options: SocketClientOptions): Promise<SocketClient> {
  const socket = new WebSocket(addressOf(options), {
    headers: { 'z-user': options.user, 'z-connection': options.connection ?? '' },
  });
  socket.binaryType = 'arraybuffer';
  const texts: string[] = [];
  let isClosed = false;
  socket.addEventListener('message', ({ data }) => {
    texts.push(
      typeof data === 'string'
        ? data
        : new TextDecoder().decode(z.instanceof(ArrayBuffer).parse(data)),
    );
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      isClosed = true;
      resolve({ code, reason });
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('error', () => {
      reject(new Error('the socket was refused'));
    });
  });
  return clientOf({ socket, texts, closed, isClosed: () => isClosed });
}

type Opened = Pick<SocketClient, 'texts' | 'closed' | 'isClosed'> & { readonly socket: WebSocket };

function clientOf({ socket, ...opened }: Opened): SocketClient {
  const { texts } = opened;
  const read = () =>
    texts.filter((text) => text !== 'pong').map((text): unknown => JSON.parse(text));
  return {
    ...opened,
    get notifications() {
      return z.array(notification).parse(read());
    },
    get numbers() {
      return this.notifications.map(numberOf);
    },
    get frames() {
      return z.array(eventsFrame).parse(read());
    },
    send: (text) => {
      socket.send(text);
    },
    ack: (tag, multiple = false) => {
      socket.send(JSON.stringify({ type: 'ack', data: { delivery_tag: tag, multiple } }));
    },
    close: () => {
      socket.close();
    },
  };
}

/** The number of a notification that a test pushed. */
export function numberOf({ payload }: ReceivedNotification): number {
  return payload[0]?.number ?? Number.NaN;
}

function addressOf({ url, client, path = '/await', marker }: SocketClientOptions): string {
  const address = new URL(`${url.replace('http', 'ws')}${path}`);
  if (client !== undefined) address.searchParams.set('client', client);
  if (marker !== undefined) address.searchParams.set('sync_marker', marker);
  return address.href;
}

const page = z.object({
  notifications: z.array(notification),
  has_more: z.boolean(),
  time: z.string(),
});

export interface Fetching {
  /** Of a gundeck. */
  readonly url: string;
  readonly user: string;
  readonly client?: string;
  readonly since?: string;
  readonly size?: number;
}

/** One page of notifications, as clients fetch them. */
export async function fetchPage({ url, user, client, since, size }: Fetching) {
  const address = new URL(`${url}/v9/notifications`);
  for (const [name, value] of Object.entries({ client, since, size }))
    if (value !== undefined) address.searchParams.set(name, String(value));
  const response = await fetch(address, { headers: { 'z-user': user } });
  if (!response.ok)
    throw new Error(`answered ${String(response.status)}: ${await response.text()}`);
  return page.parse(await response.json());
}

/** All notifications since one, page by page. */
export async function fetchAll(fetching: Fetching): Promise<ReceivedNotification[]> {
  const all: ReceivedNotification[] = [];
  for (let since = fetching.since; ;) {
    const next = await fetchPage({ ...fetching, ...(since !== undefined && { since }) });
    all.push(...next.notifications);
    since = all.at(-1)?.id ?? since;
    if (!next.has_more) return all;
  }
}
