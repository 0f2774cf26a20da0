import type { Session } from './session.js';

/** The sockets of this cannon, also those that are about to open. */
export class Sockets {
  readonly #byUser = new Map<string, Map<string, Session>>();

  /** Takes a session; one of the same connection, kind and client gives way to it. */
  add(session: Session): void {
    const { user, connection, kind, client } = session.owner;
    const same = this.of(user).filter(
      ({ owner }) =>
        connection !== undefined &&
        owner.connection === connection &&
        owner.kind === kind &&
        owner.client === client,
    );
    const sessions = this.#byUser.get(user) ?? new Map<string, Session>();
    sessions.set(session.id, session);
    this.#byUser.set(user, sessions);
    for (const other of same) other.end(1001, 'replaced');
  }

  remove({ id, owner }: Session): void {
    const sessions = this.#byUser.get(owner.user);
    sessions?.delete(id);
    if (sessions?.size === 0) this.#byUser.delete(owner.user);
  }

  /** The sockets of a user. */
  of(user: string): readonly Session[] {
    return [...(this.#byUser.get(user)?.values() ?? [])];
  }

  has(user: string, id: string): boolean {
    return this.#byUser.get(user)?.has(id) ?? false;
  }

  all(): readonly Session[] {
    return [...this.#byUser.values()].flatMap((sessions) => [...sessions.values()]);
  }
}
