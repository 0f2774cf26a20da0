/** A variable of a service's environment; what its text may be is checked when the service starts. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly what: string;
  /** Used where the variable is absent; without one the variable is required. */
  readonly default?: string;
}

const common = [
  { name: 'WIRE_DOMAIN', what: 'the backend domain, part of every user id' },
  { name: 'LISTEN_HOST', what: 'address to listen on', default: '0.0.0.0' },
  { name: 'LISTEN_PORT', what: 'port to listen on; empty for the contract’s', default: '' },
  { name: 'SECRETS_FOLDER', what: 'folder of the secret files', default: '/run/wire/secrets' },
  { name: 'LOG_LEVEL', what: 'trace, debug, info, warn, error or fatal', default: 'info' },
  { name: 'DRAIN_SECONDS', what: 'how long open requests may last on SIGTERM', default: '20' },
  { name: 'CHECK_RESPONSES', what: 'true checks answers against their schema', default: 'false' },
] as const satisfies readonly EnvironmentVariable[];

const cassandra = [
  { name: 'CASSANDRA_CONTACT_POINTS', what: 'host:port of some nodes, separated by commas' },
  { name: 'CASSANDRA_DATACENTER', what: 'the local data centre', default: 'datacenter1' },
  { name: 'CASSANDRA_CA_FILE', what: 'CA of the nodes; empty for no TLS', default: '' },
  { name: 'CASSANDRA_KEYSPACE_PREFIX', what: 'put before keyspace names', default: '' },
] as const satisfies readonly EnvironmentVariable[];

const redis = [
  { name: 'REDIS_ADDRESS', what: 'host:port' },
  { name: 'REDIS_CA_FILE', what: 'CA of the server; empty for no TLS', default: '' },
] as const satisfies readonly EnvironmentVariable[];

const objects = [
  { name: 'OBJECTS_URL', what: 'S3 endpoint as services reach it' },
  {
    name: 'OBJECTS_PUBLIC_URL',
    what: 'S3 endpoint as clients reach it; empty to stream',
    default: '',
  },
  { name: 'OBJECTS_BUCKET', what: 'bucket of the assets', default: 'assets' },
  { name: 'OBJECTS_REGION', what: 'region of the bucket', default: 'us-east-1' },
  { name: 'OBJECTS_ACCESS_KEY', what: 'access key', default: 'cargohold' },
  { name: 'OBJECTS_CA_FILE', what: 'CA of the endpoint; empty for the system’s', default: '' },
] as const satisfies readonly EnvironmentVariable[];

const brigUrl = { name: 'BRIG_URL', what: 'where brig is', default: 'http://brig:8082' } as const;
const galleyUrl = {
  name: 'GALLEY_URL',
  what: 'where galley is',
  default: 'http://galley:8085',
} as const;
const gundeckUrl = {
  name: 'GUNDECK_URL',
  what: 'where gundeck is',
  default: 'http://gundeck:8086',
} as const;
const cannonUrl = {
  name: 'CANNON_URL',
  what: 'where cannon is',
  default: 'http://cannon:8083',
} as const;
const cargoholdUrl = {
  name: 'CARGOHOLD_URL',
  what: 'where cargohold is',
  default: 'http://cargohold:8084',
} as const;

export const brigEnvironment = [
  ...common,
  ...cassandra,
  galleyUrl,
  gundeckUrl,
  { name: 'SMTP_ADDRESS', what: 'host:port of the mail relay' },
  { name: 'SMTP_USER', what: 'user of the mail relay; empty for none', default: '' },
  { name: 'SMTP_TLS', what: 'none, starttls or tls', default: 'starttls' },
  { name: 'SMTP_CA_FILE', what: 'CA of the mail relay; empty for the system’s', default: '' },
  { name: 'MAIL_FROM', what: 'sender of mails' },
  { name: 'ACCOUNT_URL', what: 'address of the account pages, for links in mails' },
  { name: 'COOKIE_INSECURE', what: 'true leaves Secure off: for tests only', default: 'false' },
  { name: 'ACCESS_TOKEN_SECONDS', what: 'life of an access token', default: '900' },
  { name: 'USER_TOKEN_SECONDS', what: 'life of a persistent cookie', default: '4838400' },
  { name: 'SESSION_TOKEN_SECONDS', what: 'life of a session cookie', default: '86400' },
  { name: 'COOKIE_RENEW_SECONDS', what: 'age from which a cookie is renewed', default: '1209600' },
  { name: 'ACTIVATION_SECONDS', what: 'life of an activation code', default: '1209600' },
  { name: 'LOGIN_FAILURES', what: 'failed logins allowed in a window', default: '5' },
  { name: 'LOGIN_WINDOW_SECONDS', what: 'that window', default: '600' },
  { name: 'USER_CREATION', what: 'open or restricted', default: 'open' },
] as const satisfies readonly EnvironmentVariable[];

export const galleyEnvironment = [
  ...common,
  ...cassandra,
  brigUrl,
  gundeckUrl,
] as const satisfies readonly EnvironmentVariable[];

export const gundeckEnvironment = [
  ...common,
  ...cassandra,
  ...redis,
  { name: 'GUNDECK_PUSH_URL', what: 'where other gundecks reach this replica, and no other' },
  {
    name: 'NOTIFICATION_SECONDS',
    what: 'how long notifications are kept',
    default: '2419200',
  },
] as const satisfies readonly EnvironmentVariable[];

export const cannonEnvironment = [
  ...common,
  gundeckUrl,
  { name: 'CANNON_PUSH_URL', what: 'where gundeck reaches this replica, and no other' },
  {
    name: 'PING_SECONDS',
    what: 'silence before a socket is pinged, and after that',
    default: '30',
  },
  { name: 'TELL_SECONDS', what: 'how often gundeck is told of a socket', default: '30' },
] as const satisfies readonly EnvironmentVariable[];

export const cargoholdEnvironment = [
  ...common,
  ...objects,
] as const satisfies readonly EnvironmentVariable[];

export const nginzEnvironment = [
  ...common,
  brigUrl,
  galleyUrl,
  gundeckUrl,
  cannonUrl,
  cargoholdUrl,
  { name: 'PUBLIC_URL', what: 'address of the backend as clients see it' },
  { name: 'WEBSOCKET_URL', what: 'address of WebSockets as clients see it' },
  { name: 'ALLOWED_ORIGINS', what: 'origins of web clients, separated by commas', default: '' },
] as const satisfies readonly EnvironmentVariable[];
