import { contractOf } from '../../contract/services.js';
import { internalClient } from '../../http/internal-client.js';
import { makeMailer } from '../../mail/mailer.js';
import { defineService, type ServiceTools } from '../../service/service.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { cassandraOf } from '../../stores/cassandra/of-service.js';
import { tokenSigner, tokenVerifier } from '../../zauth/keys.js';
import { Accounts } from './accounts.js';
import { brigConfig, type BrigConfig } from './brig-config.js';
import type { BrigTools } from './brig-tools.js';
import { Clients } from './clients.js';
import { Codes } from './codes.js';
import { Connections } from './connections.js';
import { Cookies } from './cookies.js';
import { Events } from './events.js';
import { FailedLogins } from './failed-logins.js';
import { Prekeys } from './prekeys.js';
import { accountRoutes } from './routes/account.js';
import { apiVersionRoutes } from './routes/api-version.js';
import { clientRoutes } from './routes/clients.js';
import { connectionRoutes } from './routes/connections.js';
import { prekeyRoutes } from './routes/prekeys.js';
import { sessionRoutes } from './routes/session.js';
import { userRoutes } from './routes/users.js';
import { Sessions } from './sessions.js';

/** Accounts, sessions, clients, profiles and connections. */
export const brig = defineService({
  contract: contractOf('brig'),
  configSchema: brigConfig,
  build(service) {
    const cassandra = cassandraOf('brig', service.config);
    const tools = makeTools(service, cassandra);
    return {
      stores: [cassandra],
      routes: [
        ...apiVersionRoutes(tools.config.WIRE_DOMAIN),
        ...accountRoutes(tools),
        ...sessionRoutes(tools),
        ...userRoutes(tools),
        ...clientRoutes(tools),
        ...prekeyRoutes(tools),
        ...connectionRoutes(tools),
      ],
      async close() {
        tools.mailer.close();
        await Promise.all([tools.galley.close(), tools.gundeck.close()]);
      },
    };
  },
});

function makeTools({ config, clock }: ServiceTools<BrigConfig>, cassandra: Cassandra): BrigTools {
  const { values } = config;
  const clients = new Clients(cassandra);
  const cookies = new Cookies(cassandra, clock);
  const gundeck = internalClient({ service: 'gundeck', baseUrl: values.GUNDECK_URL });
  const failures = { failures: values.LOGIN_FAILURES, windowSeconds: values.LOGIN_WINDOW_SECONDS };
  return {
    config: values,
    clock,
    accounts: new Accounts(cassandra),
    codes: new Codes(cassandra, values.ACTIVATION_SECONDS),
    cookies,
    failedLogins: new FailedLogins(cassandra, clock, failures),
    sessions: new Sessions({
      cookies,
      clock,
      config: values,
      signer: tokenSigner(config.requiredSecret('zauth-private-keys')),
      verifier: tokenVerifier(config.requiredSecret('zauth-public-keys')),
      hasClient: async (user, client) => (await clients.byId(user, client)) !== undefined,
    }),
    clients,
    prekeys: new Prekeys(cassandra),
    connections: new Connections(cassandra, clock),
    events: new Events(gundeck),
    mailer: makeMailer({
      address: values.SMTP_ADDRESS,
      tls: values.SMTP_TLS,
      caFile: values.SMTP_CA_FILE,
      user: values.SMTP_USER,
      password: config.secret('smtp-password'),
      from: values.MAIL_FROM,
    }),
    galley: internalClient({ service: 'galley', baseUrl: values.GALLEY_URL }),
    gundeck,
  };
}
