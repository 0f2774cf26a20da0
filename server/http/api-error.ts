/** An error as clients know it: status, label and message; clients compare some of the messages. */
export interface ErrorSpec {
  readonly status: number;
  readonly label: string;
  readonly message: string;
}

/** Ends a request with an error that its client is told. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly spec: ErrorSpec;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the error's JSON. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(spec: ErrorSpec, more: ApiErrorDetails = {}) {
    super(more.message ?? spec.message, { cause: more.cause });
    this.spec = spec;
    this.headers = more.headers ?? {};
    this.data = more.data ?? {};
  }
}

export interface ApiErrorDetails {
  /** Instead of the specification's message. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A store or another service did not answer in time: the client may try again. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  /** The store or service that is away. */
  readonly what: string;

  constructor(what: string, cause: unknown) {
    super(`${what} is away`, { cause });
    this.what = what;
  }
}
