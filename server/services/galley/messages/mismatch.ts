import type { MismatchStrategy, ProteusMessage, TextsByUser } from './proteus-message.js';

/** Clients by user and domain, as clients of the API get them. */
export type ClientReport = Record<string, Record<string, string[]>>;

/** Who should get a message. */
export interface Audience {
  readonly domain: string;
  /** Every user who should get it, the sender too, with all of their clients. */
  readonly clients: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sender: { readonly user: string; readonly client: string };
}

/** One ciphertext that goes out. */
export interface Delivery {
  readonly user: string;
  readonly client: string;
  readonly text: Uint8Array;
}

/** How a message's recipients differ from its audience, and what goes to whom. */
export interface Judgement {
  /** Only those that the sender wants to know of: where there are any, nothing is sent. */
  readonly missing: ClientReport;
  /** Clients that are gone, of users who are still there. */
  readonly deleted: ClientReport;
  /** All others that should not get it, the sending client too. */
  readonly redundant: ClientReport;
  readonly isComplete: boolean;
  readonly deliveries: readonly Delivery[];
}

/** Compares a message's recipients with those who should get it. Source: backend-api 3.7. */
export function judgeRecipients(message: ProteusMessage, audience: Audience): Judgement {
  const given = message.recipients.get(audience.domain) ?? noTexts;
  const missing = missingOf(given, { message, audience });
  return {
    missing: missing.report(),
    ...extraOf(message, audience),
    isComplete: missing.isEmpty,
    deliveries: deliveriesOf(given, audience),
  };
}

const noTexts: TextsByUser = new Map();

/** Collects clients; names come from outside, so that they are keys of maps until the end. */
class ReportMaker {
  readonly #domains = new Map<string, Map<string, string[]>>();

  get isEmpty(): boolean {
    return this.#domains.size === 0;
  }

  note(domain: string, user: string, client: string): void {
    const users = this.#domains.get(domain) ?? new Map<string, string[]>();
    const clients = users.get(user) ?? [];
    clients.push(client);
    this.#domains.set(domain, users.set(user, clients));
  }

  report(): ClientReport {
    const report = new Map<string, Record<string, string[]>>();
    for (const [domain, users] of this.#domains) report.set(domain, Object.fromEntries(users));
    return Object.fromEntries(report);
  }
}

/** Every client that should get it, without the sending one. */
function* expectedOf(audience: Audience): Generator<[user: string, client: string]> {
  for (const [user, ids] of audience.clients)
    for (const client of ids) if (!isSender(audience, user, client)) yield [user, client];
}

function isSender({ sender }: Audience, user: string, client: string): boolean {
  return user === sender.user && client === sender.client;
}

interface Judging {
  readonly message: ProteusMessage;
  readonly audience: Audience;
}

function missingOf(given: TextsByUser, { message, audience }: Judging): ReportMaker {
  const maker = new ReportMaker();
  const isWanted = wantedBy(message.strategy, audience.domain);
  for (const [user, client] of expectedOf(audience))
    if (given.get(user)?.has(client) !== true && isWanted(user))
      maker.note(audience.domain, user, client);
  return maker;
}

/** Whether the sender wants to know of missing clients of a user. */
function wantedBy(strategy: MismatchStrategy, domain: string): (user: string) => boolean {
  switch (strategy.kind) {
    case 'report-all':
      return () => true;
    case 'ignore-all':
      return () => false;
    case 'report-only':
    case 'ignore-only': {
      const local = strategy.users.filter((user) => user.domain === domain);
      const named = new Set(local.map(({ id }) => id));
      return (user) => named.has(user) === (strategy.kind === 'report-only');
    }
  }
}

function extraOf(
  message: ProteusMessage,
  audience: Audience,
): Pick<Judgement, 'deleted' | 'redundant'> {
  const [deleted, redundant] = [new ReportMaker(), new ReportMaker()];
  for (const [domain, users] of message.recipients)
    for (const [user, texts] of users) {
      const clients = domain === audience.domain ? audience.clients.get(user) : undefined;
      for (const client of texts.keys()) {
        const isOwn = clients !== undefined && isSender(audience, user, client);
        if (clients === undefined || isOwn) redundant.note(domain, user, client);
        else if (!clients.has(client)) deleted.note(domain, user, client);
      }
    }
  return { deleted: deleted.report(), redundant: redundant.report() };
}

function deliveriesOf(given: TextsByUser, audience: Audience): readonly Delivery[] {
  const deliveries: Delivery[] = [];
  for (const [user, client] of expectedOf(audience)) {
    const text = given.get(user)?.get(client);
    if (text !== undefined) deliveries.push({ user, client, text });
  }
  return deliveries;
}
