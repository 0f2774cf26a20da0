import { contractOf } from '../../contract/services.js';
import { defineService } from '../../service/service.js';
import { cannonConfig } from './cannon-config.js';
import { gundeckLink } from './gundeck-link.js';
import { deliverRoutes } from './routes/deliver.js';
import type { Session } from './session.js';
import { Sockets } from './sockets.js';
import { Teller } from './teller.js';
import { socketUpgrade } from './upgrade.js';

/** How often sockets are looked after. */
const tickMs = 250;

/** The sockets of clients. */
export const cannon = defineService({
  contract: contractOf('cannon'),
  configSchema: cannonConfig,
  build({ config, log, ending }) {
    const { GUNDECK_URL, CANNON_PUSH_URL, PING_SECONDS, TELL_SECONDS } = config.values;
    const link = gundeckLink({ gundeckUrl: GUNDECK_URL, cannonUrl: CANNON_PUSH_URL });
    const sockets = new Sockets();
    const teller = new Teller({ link, log, everyMs: TELL_SECONDS * 1_000 });
    const onClosed = (session: Session) => {
      sockets.remove(session);
      teller.closed(session);
    };
    const tools = { link, log, onClosed };
    let ticking: Promise<void> | undefined;
    const timer = setInterval(() => {
      for (const session of sockets.all()) session.watch(PING_SECONDS * 1_000);
      // While gundeck is slow the next one waits for it.
      ticking ??= teller.tick().finally(() => (ticking = undefined));
    }, tickMs);
    return {
      stores: [],
      routes: deliverRoutes(sockets),
      upgrade: socketUpgrade({ sockets, teller, tools, isEnding: () => ending.aborted }),
      async drain() {
        clearInterval(timer);
        for (const session of sockets.all()) session.end(1001, 'going-away');
        await ticking;
        await teller.tick();
      },
      close: () => link.close(),
    };
  },
});
