import type { ErrorSpec } from './api-error.js';

/** Errors of the edge of every service. Source: backend-api 1. */
export const badRequest: ErrorSpec = {
  status: 400,
  label: 'bad-request',
  message: 'The request could not be understood',
};
export const clientError: ErrorSpec = {
  status: 400,
  label: 'client-error',
  message: 'The request could not be understood',
};
export const unauthorized: ErrorSpec = {
  status: 401,
  label: 'unauthorized',
  message: 'A valid access token is needed',
};
export const noEndpoint: ErrorSpec = {
  status: 404,
  label: 'no-endpoint',
  message: 'The requested endpoint does not exist',
};
export const unsupportedVersion: ErrorSpec = {
  status: 404,
  label: 'unsupported-version',
  message: 'Version is not supported',
};
export const notFound: ErrorSpec = { status: 404, label: 'not-found', message: 'Not found' };
export const methodNotAllowed: ErrorSpec = {
  status: 405,
  label: 'client-error',
  message: 'Method not allowed',
};
export const slowBody: ErrorSpec = {
  status: 408,
  label: 'client-error',
  message: 'The request body took too long',
};
export const bodyTooLarge: ErrorSpec = {
  status: 413,
  label: 'client-error',
  message: 'Request body too large',
};
export const unsupportedMediaType: ErrorSpec = {
  status: 415,
  label: 'client-error',
  message: 'Unsupported media type',
};
export const internalError: ErrorSpec = {
  status: 500,
  label: 'server-error',
  message: 'Internal server error',
};
export const unavailable: ErrorSpec = {
  status: 503,
  label: 'service-unavailable',
  message: 'A part of the backend is away, try again later',
};
