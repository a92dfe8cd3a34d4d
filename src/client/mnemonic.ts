/**
 * Owns: mnemonics (BIP39, English words) and the keys that follow from one (BIP32); runs in a
 * browser as well.
 * Does not own: where a mnemonic is kept (wallet) or what its keys sign (transfer).
 */
import { HDKey } from '@scure/bip32';
import { generateMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { assert } from '../core/base/assert.ts';
import { U32_MAX } from '../core/base/types.ts';
import type { Signer } from './transfer.ts';
import { createSigner } from './transfer.ts';

/** Accounts are the children of this path: 0, 1, 2 and so on. */
const ACCOUNTS_PATH = "m/44'/1'/0'/0";
/** How many words a mnemonic may have; a new one has 12 or 24. */
const WORD_COUNTS = [12, 15, 18, 21, 24] as const;
const BITS_PER_WORD = 32 / 3;
const ACCOUNT_INDEX_MAX = Math.floor(U32_MAX / 2);

/** What a text is that somebody gives for a mnemonic. Faults name places, never the words. */
export type MnemonicReading =
  | { readonly kind: 'mnemonic'; readonly mnemonic: string }
  | { readonly kind: 'wrong-count'; readonly count: number }
  | { readonly kind: 'unknown-word'; readonly position: number }
  | { readonly kind: 'wrong-checksum' };

/** The keys behind a mnemonic. */
export interface KeyChain {
  /** The signer of account `index`, at the path `m/44'/1'/0'/0/index`. */
  signer(index: number): Signer;
}

/** Draws a new mnemonic from the platform's randomness. */
export function createMnemonic(wordCount: 12 | 24 = 12): string {
  return generateMnemonic(wordlist, wordCount * BITS_PER_WORD);
}

/** Reads a mnemonic as typed: any case, any white space; its checksum must fit. */
export function readMnemonic(text: string): MnemonicReading {
  const words = text.normalize('NFKD').trim().toLowerCase().split(/\s+/);
  const count = words[0] === '' ? 0 : words.length;
  if (!WORD_COUNTS.some((allowed) => allowed === count)) return { kind: 'wrong-count', count };
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown !== -1) return { kind: 'unknown-word', position: unknown + 1 };
  const mnemonic = words.join(' ');
  return hasChecksum(mnemonic) ? { kind: 'mnemonic', mnemonic } : { kind: 'wrong-checksum' };
}

/** Derives the keys of a mnemonic that `readMnemonic` has passed; takes some 50 ms. */
export function deriveKeys(mnemonic: string, passphrase = ''): KeyChain {
  assert(readMnemonic(mnemonic).kind === 'mnemonic', 'the caller has read the mnemonic');
  const seed = mnemonicToSeedSync(mnemonic, passphrase);
  const accounts = HDKey.fromMasterSeed(seed).derive(ACCOUNTS_PATH);
  return {
    signer(index) {
      assert(index >= 0 && index <= ACCOUNT_INDEX_MAX, 'an account index is below 2^31');
      const { privateKey } = accounts.deriveChild(index);
      assert(privateKey !== null, 'a chain of private keys has private children');
      return createSigner(privateKey);
    },
  };
}

/** The path of an account, as other wallets write it. */
export function accountPath(index: number): string {
  return `${ACCOUNTS_PATH}/${index}`;
}

function hasChecksum(mnemonic: string): boolean {
  try {
    mnemonicToEntropy(mnemonic, wordlist);
    return true;
  } catch {
    return false;
  }
}
