/** The stores that services keep their state in. */
export const storeIds = ['cassandra', 'search', 'objects', 'redis'] as const;

export type StoreId = (typeof storeIds)[number];

/** The backend's services, by the names that Wire's operators know. */
export const serviceIds = ['brig', 'galley', 'gundeck', 'cannon', 'cargohold', 'nginz'] as const;

export type ServiceId = (typeof serviceIds)[number];

/** What the installer must know of a service to start it at the right time. */
export interface ServiceContract {
  readonly id: ServiceId;
  /** Stores that must be ready before the service can be. */
  readonly stores: readonly StoreId[];
  /** Services that must be ready before the service can be. */
  readonly after: readonly ServiceId[];
}

const backends = ['brig', 'galley', 'gundeck', 'cannon', 'cargohold'] as const;

/** Each service's contract, in no particular order. */
export const serviceContracts: readonly ServiceContract[] = [
  { id: 'brig', stores: ['cassandra', 'search', 'redis'], after: [] },
  { id: 'galley', stores: ['cassandra'], after: [] },
  { id: 'gundeck', stores: ['cassandra', 'redis'], after: [] },
  { id: 'cannon', stores: [], after: [] },
  { id: 'cargohold', stores: ['objects'], after: [] },
  { id: 'nginz', stores: [], after: backends },
];
