import type { Clock } from '../../clock.js';
import type { InternalClient } from '../../http/internal-client.js';
import type { Mailer } from '../../mail/mailer.js';
import type { Accounts } from './accounts.js';
import type { BrigConfig } from './brig-config.js';
import type { Clients } from './clients.js';
import type { Codes } from './codes.js';
import type { Connections } from './connections.js';
import type { Cookies } from './cookies.js';
import type { Events } from './events.js';
import type { FailedLogins } from './failed-logins.js';
import type { Prekeys } from './prekeys.js';
import type { Sessions } from './sessions.js';

/** What brig's routes work with. */
export interface BrigTools {
  readonly config: BrigConfig;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly codes: Codes;
  readonly cookies: Cookies;
  readonly failedLogins: FailedLogins;
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly prekeys: Prekeys;
  readonly connections: Connections;
  readonly events: Events;
  readonly mailer: Mailer;
  readonly galley: InternalClient;
  readonly gundeck: InternalClient;
}
