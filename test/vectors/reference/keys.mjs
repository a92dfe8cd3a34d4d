/** Owns: sections 2 and 3: hashes, signatures, addresses, and the dev keys. */
import { createHash, createHmac } from 'node:crypto';
import * as secp from '@noble/secp256k1';
import { bech32m } from '@scure/base';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import { cat, hex } from './bytes.mjs';

export const sha256 = (...parts) =>
  createHash('sha256')
    .update(cat(...parts))
    .digest();
export const tagged = (tag, ...parts) => {
  const t = sha256(Buffer.from(tag, 'latin1'));
  return sha256(t, t, ...parts);
};

secp.hashes.sha256 = (message) => new Uint8Array(sha256(message));
secp.hashes.hmacSha256 = (key, message) =>
  new Uint8Array(createHmac('sha256', key).update(message).digest());

/** RFC 6979, low s. */
export const sign = (digest, secret) =>
  Buffer.from(secp.sign(digest, secret, { prehash: false, lowS: true, extraEntropy: false }));

export const verify = (signature, digest, publicKey) => {
  try {
    return secp.verify(signature, digest, publicKey, { prehash: false, lowS: true });
  } catch {
    return false;
  }
};

export const publicKeyOf = (secret) => Buffer.from(secp.getPublicKey(secret, true));
export const addressOf = (publicKey) => tagged('cairn/address', publicKey).subarray(0, 20);

export const addressToText = (prefix, address, version = 0) =>
  bech32m.encode(prefix, [version, ...bech32m.toWords(address)]);

/** The 20 bytes, or undefined for any text that section 3 refuses. */
export function addressFromText(prefix, text) {
  const decoded = bech32m.decodeUnsafe(text, 1000);
  if (!decoded || decoded.prefix !== prefix) return undefined;
  const [version, ...words] = decoded.words;
  if (version !== 0 || words.length !== 32) return undefined;
  return Buffer.from(bech32m.fromWords(words));
}

export const MNEMONIC = 'test test test test test test test test test test test junk';

/** alice, bob, carol, dave, erin, faucet: `{name, path, secret, publicKey, address}`. */
export const devKeys = ['alice', 'bob', 'carol', 'dave', 'erin', 'faucet'].map((name, i) => {
  const path = `m/44'/1'/0'/0/${i}`;
  const key = HDKey.fromMasterSeed(mnemonicToSeedSync(MNEMONIC)).derive(path);
  const secret = Buffer.from(key.privateKey);
  const publicKey = publicKeyOf(secret);
  if (hex(publicKey) !== hex(key.publicKey)) throw new Error('two libraries differ on a key');
  return { name, path, secret, publicKey, address: addressOf(publicKey) };
});

export const byName = Object.fromEntries(devKeys.map((key) => [key.name, key]));
