/**
 * Owns: sealing a secret with a passphrase, and opening it: scrypt, then AES-256-GCM.
 * Does not own: what is sealed, or the file around it (wallet-record).
 *
 * Whoever has a file can guess passphrases at leisure: scrypt makes each guess cost 128 MB and some
 * 0.3 s. The cost is fixed: a file that asks for another one is refused, and nothing is computed.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

/** The one set of parameters that is in use. */
export const KDF = { name: 'scrypt', n: 131_072, r: 8, p: 1 } as const;
export const CIPHER_NAME = 'aes-256-gcm';
export const SALT_SIZE = 32;
export const NONCE_SIZE = 12;
export const TAG_SIZE = 16;

const KEY_SIZE = 32;
/** What scrypt takes, 128 * n * r bytes, and some room. */
const MEMORY_MAX = 192 << 20;

export interface Sealed {
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

/** Seals under a fresh salt and nonce; `open` bytes are not hidden, but cannot be changed. */
export async function seal(options: {
  readonly secret: Buffer;
  readonly open: Buffer;
  readonly passphrase: string;
}): Promise<Sealed> {
  const salt = randomBytes(SALT_SIZE);
  const nonce = randomBytes(NONCE_SIZE);
  const key = await stretch(options.passphrase, salt);
  const cipher = createCipheriv(CIPHER_NAME, key, nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(options.open);
  const ciphertext = Buffer.concat([cipher.update(options.secret), cipher.final()]);
  return { salt, nonce, tag: cipher.getAuthTag(), ciphertext };
}

/** The secret; undefined when the passphrase is another one or any byte was changed. */
export async function unseal(
  sealed: Sealed,
  options: { readonly open: Buffer; readonly passphrase: string },
): Promise<Buffer | undefined> {
  const key = await stretch(options.passphrase, sealed.salt);
  const decipher = createDecipheriv(CIPHER_NAME, key, sealed.nonce, { authTagLength: TAG_SIZE });
  decipher.setAAD(options.open);
  decipher.setAuthTag(sealed.tag);
  const secret = decipher.update(sealed.ciphertext);
  try {
    return Buffer.concat([secret, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** One passphrase has one form, however a keyboard composes its letters. */
function stretch(passphrase: string, salt: Buffer): Promise<Buffer> {
  const { n, r, p } = KDF;
  const options = { N: n, r, p, maxmem: MEMORY_MAX };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKD'), salt, KEY_SIZE, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
