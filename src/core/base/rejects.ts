/**
 * Owns: the list of reject codes with the kind of each, and the `Result` that carries a verdict on
 * others' data.
 * Does not own: what a kind means for the peer (net/consequences). docs/protocol.md sections 11 and
 * 12. Layer 0.
 */

/** What a verdict says about the data: see docs/protocol.md section 11. */
export type RejectKind = 'malformed' | 'invalid' | 'premature' | 'policy' | 'duplicate';

/** Every code of docs/protocol.md section 12, in its order, with its kind. */
export const REJECT_KINDS = {
  'tx-malformed': 'malformed',
  'tx-version-unknown': 'malformed',
  'tx-no-outputs': 'invalid',
  'tx-key-malformed': 'invalid',
  'tx-output-below-minimum': 'invalid',
  'tx-nonce-exhausted': 'invalid',
  'tx-signature-invalid': 'invalid',
  'tx-nonce-used': 'duplicate',
  'tx-nonce-gap': 'premature',
  'tx-insufficient-funds': 'premature',
  'tx-known': 'duplicate',
  'tx-fee-too-low': 'policy',
  'tx-pool-full': 'policy',
  'tx-replacement-underpriced': 'policy',
  'tx-replacement-limit': 'policy',
  'tx-account-limit': 'policy',
  'tx-gap-limit': 'policy',
  'tx-waiting-limit': 'policy',
  'header-malformed': 'malformed',
  'header-version-unknown': 'invalid',
  'header-bits-malformed': 'invalid',
  'header-work-insufficient': 'invalid',
  'header-parent-unknown': 'premature',
  'header-parent-invalid': 'invalid',
  'header-bits-wrong': 'invalid',
  'header-time-too-old': 'invalid',
  'header-time-too-new': 'premature',
  'block-too-large': 'malformed',
  'block-malformed': 'malformed',
  'block-commitment-mismatch': 'malformed',
  'block-transactions-root-mismatch': 'malformed',
  'block-height-wrong': 'invalid',
  'coinbase-height-wrong': 'invalid',
  'coinbase-output-below-minimum': 'invalid',
  'coinbase-claims-too-much': 'invalid',
  'block-transaction-invalid': 'invalid',
  'block-history-root-wrong': 'invalid',
  'block-accounts-root-wrong': 'invalid',
  'block-known': 'duplicate',
  'address-malformed': 'malformed',
  'genesis-malformed': 'malformed',
  'genesis-key-unknown': 'malformed',
  'genesis-key-missing': 'malformed',
  'genesis-value-wrong': 'malformed',
  'genesis-bits-malformed': 'malformed',
  'genesis-bits-above-limit': 'malformed',
  'genesis-half-life-too-short': 'malformed',
  'genesis-future-limit-wrong': 'malformed',
  'genesis-allocation-repeated': 'malformed',
  'genesis-allocation-below-minimum': 'malformed',
  'genesis-supply-too-large': 'malformed',
  'message-malformed': 'malformed',
  'message-too-large': 'malformed',
  'message-unexpected': 'malformed',
  'message-flood': 'malformed',
  'handshake-version-unknown': 'malformed',
  'handshake-network-differs': 'policy',
  'handshake-self': 'policy',
  'handshake-duplicate': 'policy',
  'headers-not-continuous': 'malformed',
  'headers-too-many': 'malformed',
  'block-unrequested': 'malformed',
  'proof-too-large': 'malformed',
  'proof-malformed': 'malformed',
  'proof-version-unknown': 'malformed',
  'proof-network-differs': 'policy',
  'proof-block-differs': 'invalid',
  'proof-commitment-mismatch': 'invalid',
  'proof-height-differs': 'invalid',
  'proof-headers-not-linked': 'invalid',
  'proof-tip-differs': 'invalid',
  'proof-header-invalid': 'invalid',
  'proof-header-untrusted': 'policy',
  'proof-genesis-mismatch': 'invalid',
  'proof-transaction-invalid': 'invalid',
  'proof-transaction-differs': 'invalid',
  'proof-account-invalid': 'invalid',
  'proof-account-differs': 'invalid',
  'proof-order-wrong': 'invalid',
  'proof-inclusion-invalid': 'invalid',
  'proof-consistency-invalid': 'invalid',
} as const;

export type RejectCode = keyof typeof REJECT_KINDS;
/** The numbers and names behind a verdict. */
export type Facts = Readonly<Record<string, string | number | bigint>>;

/** A verdict against others' data: returned, never thrown. */
export interface Reject {
  readonly ok: false;
  readonly code: RejectCode;
  readonly facts: Facts;
}

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export type Result<T> = Ok<T> | Reject;

const NO_FACTS: Facts = Object.freeze({});

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** The answer of a check that has nothing to hand on. */
export const PASSED: Ok<undefined> = Object.freeze(ok(undefined));

export function reject(code: RejectCode, facts: Facts = NO_FACTS): Reject {
  return { ok: false, code, facts };
}

export function rejectKind(code: RejectCode): RejectKind {
  const kinds: Readonly<Record<RejectCode, RejectKind>> = REJECT_KINDS;
  return kinds[code];
}
