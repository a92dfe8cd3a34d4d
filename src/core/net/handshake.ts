/**
 * Owns: the hello: what the own one says and what makes a peer's unacceptable.
 * Does not own: connections before and after it (net/connections). Layer 3. docs/protocol.md
 * section 15, items 1 and 2.
 */
import { compareBytes, equalBytes } from '../base/bytes.ts';
import type { Result } from '../base/rejects.ts';
import { PASSED, reject } from '../base/rejects.ts';
import type { BlockId } from '../base/types.ts';
import { U32_MAX } from '../base/types.ts';
import type { Hello } from '../codec/messages.ts';
import type { Tip } from '../codec/tip.ts';

const PROTOCOL_VERSION = 1;

/** What a node says of itself for as long as it runs. */
export interface Identity {
  readonly networkId: BlockId;
  /** 8 bytes, drawn at the start. */
  readonly nodeNonce: Uint8Array;
  /** 0 when the node does not listen. */
  readonly listenPort: number;
  readonly agent: string;
}

export function createHello(identity: Identity, tip: Tip, wallMs: number): Hello {
  const time = Math.min(U32_MAX, Math.max(0, Math.floor(wallMs / 1000)));
  return { kind: 'hello', protocolVersion: PROTOCOL_VERSION, features: 0, time, tip, ...identity };
}

/** `handshake-version-unknown`, `handshake-network-differs`, `handshake-self`. */
export function checkHello(hello: Hello, identity: Identity): Result<undefined> {
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    return reject('handshake-version-unknown', { version: hello.protocolVersion });
  }
  if (hello.networkId !== identity.networkId) {
    const facts = { ours: identity.networkId, theirs: hello.networkId };
    return reject('handshake-network-differs', facts);
  }
  if (equalBytes(hello.nodeNonce, identity.nodeNonce)) return reject('handshake-self');
  return PASSED;
}

/** Of two simultaneous dials, whether the one the peer opened stays. */
export function theirDialStays(hello: Hello, identity: Identity): boolean {
  return compareBytes(hello.nodeNonce, identity.nodeNonce) < 0;
}
