/**
 * Owns: the three judges of a signature behind one function: libsecp256k1 as a native addon, the
 * same as WASM, and noble. All three are strict about low s, and answer instead of throwing.
 * Does not own: threads (verifier-pool) or what is signed (core/codec/transaction).
 * docs/protocol.md section 3.
 */
import { createRequire } from 'node:module';
import { verifyDigest } from '../../core/base/crypto.ts';
import type { Hash, PublicKey, Signature } from '../../core/base/types.ts';

/** Whether a compact low-s signature over a digest is the key's; anything odd is false. */
export type VerifySignature = (signature: Signature, digest: Hash, key: PublicKey) => boolean;

/** In the order of preference: the fastest first. */
export const BACKEND_NAMES = ['native', 'wasm', 'noble'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

export interface VerifyBackend {
  readonly name: BackendName;
  readonly verify: VerifySignature;
}

interface NativeAddon {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean;
}

const KEY_SIZE = 33;

/** Loads one back-end; throws where this platform has none. */
export async function loadBackend(name: BackendName): Promise<VerifyBackend> {
  switch (name) {
    case 'native':
      return { name, verify: loadNative() };
    case 'wasm':
      return { name, verify: await loadWasm() };
    case 'noble':
      return { name, verify: verifyDigest };
  }
}

/** Loads the fastest back-end that this platform has; noble runs everywhere. */
export async function loadBestBackend(): Promise<VerifyBackend> {
  for (const name of BACKEND_NAMES) {
    try {
      return await loadBackend(name);
    } catch {
      continue;
    }
  }
  throw new Error('noble is part of the program');
}

/** Only the addon itself: the package's main entry falls back to another judge without a word. */
function loadNative(): VerifySignature {
  const addon = createRequire(import.meta.url)('secp256k1/bindings.js') as NativeAddon;
  return (signature, digest, key) =>
    key.length === KEY_SIZE && isTrue(() => addon.ecdsaVerify(signature, digest, key));
}

async function loadWasm(): Promise<VerifySignature> {
  const { verify } = await import('tiny-secp256k1');
  return (signature, digest, key) =>
    key.length === KEY_SIZE && isTrue(() => verify(digest, key, signature, true));
}

function isTrue(judge: () => boolean): boolean {
  try {
    return judge();
  } catch {
    return false;
  }
}
