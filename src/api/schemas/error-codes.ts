/**
 * Owns: the codes of errors that are of the API itself, with what each says.
 * Does not own: the codes of the rules (core/base/rejects) or of the node's surroundings (io).
 */

export const API_ERROR_CODES = {
  'request-malformed': 'the body is not JSON',
  'request-invalid': 'the body is no JSON-RPC 2.0 request, or the batch is too long',
  'method-unknown': 'the node has no such method',
  'params-invalid': 'the parameters do not fit the method',
  'internal-error': 'the node made a mistake',
  'not-allowed': 'the call needs the cookie of the node',
  'block-unknown': 'no such block is known, or its body is not stored',
  'transaction-unconfirmed': 'no connected block holds the transaction',
  'node-reorganising': 'the accounts are between two tips',
  'peer-unknown': 'no connection has this id',
  'peer-address-malformed': 'the text does not say where a peer listens',
  'template-unavailable': 'no block can be built now',
  'socket-required': 'subscriptions live on a WebSocket',
  'subscription-limit': 'the connection has as many subscriptions as it may',
  'subscription-unknown': 'the connection has no such subscription',
} as const;

export type ApiErrorCode = keyof typeof API_ERROR_CODES;
