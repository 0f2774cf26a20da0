import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { listenOn } from './listen-on.js';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** The message as it was sent, headers first. */
  readonly text: string;
}

/** A real SMTP server that keeps what it gets. */
export interface Inbox {
  readonly port: number;
  readonly mails: readonly Mail[];
  /** Waits for the newest mail to an address. */
  mailTo(address: string): Promise<Mail>;
  close(): Promise<void>;
}

/** Starts one on the loopback. */
export async function startInbox(): Promise<Inbox> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
        });
        callback();
      });
    },
  });
  const port = await listenOn(server.listen(0, '127.0.0.1'));
  return {
    port,
    mails,
    async mailTo(address) {
      for (;;) {
        const found = mails.findLast(({ to }) => to.includes(address));
        if (found !== undefined) return found;
        await pause(20);
      }
    },
    async close() {
      server.close();
      await once(server.server, 'close');
    },
  };
}
