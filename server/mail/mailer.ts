import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { Address } from '../config/fields.js';
import type { Secret } from '../contract/secret.js';
import { Unavailable } from '../http/api-error.js';

export interface MailerOptions {
  readonly address: Address;
  readonly tls: 'none' | 'starttls' | 'tls';
  readonly caFile: string | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly from: string;
}

export interface Mailer {
  /** Hands a mail to the relay. @throws {Unavailable} where the relay does not take it. */
  send(mail: {
    readonly to: string;
    readonly subject: string;
    readonly text: string;
  }): Promise<void>;
  close(): void;
}

const relayTimeoutMs = 10_000;

/** Sends mails through one relay. */
export function makeMailer(options: MailerOptions): Mailer {
  const { address, tls, caFile, user, password, from } = options;
  const transport = createTransport({
    host: address.host,
    port: address.port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
    ...(user !== undefined && { auth: { user, pass: password?.reveal() ?? '' } }),
    connectionTimeout: relayTimeoutMs,
    greetingTimeout: relayTimeoutMs,
    socketTimeout: relayTimeoutMs,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({ ...mail, from });
      } catch (error) {
        throw new Unavailable('mail relay', error);
      }
    },
    close() {
      transport.close();
    },
  };
}
