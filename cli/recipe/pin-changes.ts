/** One thing that moved between two pins of a component. */
export interface PinChange {
  readonly item: string;
  /** The version, or the digest where only that moved; absent for what is new. */
  readonly from: string | undefined;
  /** Absent for what is gone. */
  readonly to: string | undefined;
}

/** What a pin says of one item. */
interface PinnedItem {
  version: string | undefined;
  digest: string | undefined;
  /** Everything in it that is no mapping, as texts. */
  readonly leaves: string[];
}

/** What tells an item of a pin from its neighbours, in the words of the kinds of source. */
const identityKeys = ['name', 'package', 'module', 'ref', 'path', 'suite'];

/**
 * What moved from one pin to another. A pin is its kind's own plain data: a mapping in it that names itself is
 * an item, and what stands around the items is the component's own.
 */
export function pinChanges(component: string, before: unknown, after: unknown): PinChange[] {
  const old = itemsOf(component, before);
  const now = itemsOf(component, after);
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((item): PinChange[] => {
    const from = old.get(item);
    const to = now.get(item);
    if (from?.leaves.join('\n') === to?.leaves.join('\n')) return [];
    const sameVersion = from?.version === to?.version;
    return [{ item, from: textOf(from, sameVersion), to: textOf(to, sameVersion) }];
  });
}

function textOf(item: PinnedItem | undefined, sameVersion: boolean): string | undefined {
  if (item === undefined) return undefined;
  const digest = item.digest?.slice(0, 'sha256:'.length + 12) ?? 'other content';
  return sameVersion ? digest : (item.version ?? digest);
}

function itemsOf(component: string, pin: unknown): Map<string, PinnedItem> {
  const items = new Map<string, PinnedItem>();
  if (pin !== undefined) collect(items, component, pin);
  return items;
}

function collect(items: Map<string, PinnedItem>, around: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const member of value) collect(items, around, member);
    return;
  }
  const owner = typeof value === 'object' && value !== null ? identityOf(value, around) : around;
  const item = items.get(owner) ?? { version: undefined, digest: undefined, leaves: [] };
  items.set(owner, item);
  if (typeof value !== 'object' || value === null) {
    item.leaves.push(JSON.stringify(value));
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const isLeaf = typeof member !== 'object' || member === null;
    if (isLeaf) item.leaves.push(`${key}: ${JSON.stringify(member)}`);
    else collect(items, owner, member);
    if (key === 'version' && typeof member === 'string') item.version ??= member;
    if (key === 'digest' && typeof member === 'string') item.digest ??= member;
  }
}

function identityOf(value: object, around: string): string {
  for (const key of identityKeys) {
    const text: unknown = Reflect.get(value, key);
    if (typeof text === 'string') return text;
  }
  return around;
}
