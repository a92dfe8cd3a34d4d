/**
 * Owns: handing the runtime's native SHA-256 to core.
 * Does not own: tags and double hashing (core/base/crypto).
 */
import { hash } from 'node:crypto';
import { installSha256 } from '../core/base/crypto.ts';

const DIGEST_SIZE = 32;

/**
 * Hashes through a binary string, which costs half of what a Buffer result does; answers a fresh
 * array.
 */
function nativeSha256(data: Uint8Array): Uint8Array {
  const text = hash('sha256', data, 'binary');
  const digest = new Uint8Array(DIGEST_SIZE);
  for (let i = 0; i < DIGEST_SIZE; i++) digest[i] = text.charCodeAt(i);
  return digest;
}

/** Makes core hash natively in this thread; each thread that hashes much calls it once. */
export function installNativeHash(): void {
  installSha256(nativeSha256);
}
