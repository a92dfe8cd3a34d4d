/** Mnemonics and keys against the vectors of BIP39's reference implementation and our own. */
import { readFileSync } from 'node:fs';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEV_ACCOUNTS, DEV_MNEMONIC } from '../../../src/client/dev-accounts.ts';
import {
  accountPath,
  createMnemonic,
  deriveKeys,
  readMnemonic,
} from '../../../src/client/mnemonic.ts';
import { bytesToHex, hexToBytes } from '../../../src/core/base/bytes.ts';
import { encodeAddress } from '../../../src/core/codec/address.ts';
import { secretToPublicKey } from '../../../src/core/base/crypto.ts';

type Row = readonly [entropy: string, mnemonic: string, seed: string, root: string];
const { english } = JSON.parse(
  readFileSync(new URL('../../vectors/public/bip39_english.json', import.meta.url), 'utf8'),
) as { readonly english: readonly Row[] };
const PASSPHRASE = 'TREZOR';

describe('the public vectors of BIP39', () => {
  test.each(english)('entropy %s', (_, mnemonic, seed, root) => {
    expect(readMnemonic(mnemonic)).toEqual({ kind: 'mnemonic', mnemonic });
    expect(bytesToHex(mnemonicToSeedSync(mnemonic, PASSPHRASE))).toBe(seed);
    const master = HDKey.fromMasterSeed(hexToBytes(seed));
    expect(master.privateExtendedKey).toBe(root);
    const { privateKey } = master.derive(accountPath(3));
    expect(deriveKeys(mnemonic, PASSPHRASE).signer(3).publicKey).toEqual(
      secretToPublicKey(privateKey!),
    );
  });
});

test('the dev mnemonic gives the dev accounts, in order', () => {
  const keys = deriveKeys(DEV_MNEMONIC);
  const addresses = DEV_ACCOUNTS.map((_, index) =>
    encodeAddress(keys.signer(index).address, 'crn'),
  );
  expect(addresses).toEqual(DEV_ACCOUNTS.map(({ address }) => address));
});

describe('a new mnemonic', () => {
  test.each([12, 24] as const)('of %i words can be read, and is another one each time', (count) => {
    const drawn = Array.from({ length: 20 }, () => createMnemonic(count));
    for (const mnemonic of drawn) {
      expect(readMnemonic(mnemonic)).toEqual({ kind: 'mnemonic', mnemonic });
      expect(mnemonic.split(' ')).toHaveLength(count);
    }
    expect(new Set(drawn).size).toBe(20);
  });
});

describe('reading a mnemonic', () => {
  test('takes any case and white space', () => {
    const typed = `\n  ${DEV_MNEMONIC.toUpperCase().replaceAll(' ', '\t \n')} `;
    expect(readMnemonic(typed)).toEqual({ kind: 'mnemonic', mnemonic: DEV_MNEMONIC });
  });

  test('says what is wrong without the words', () => {
    const words = DEV_MNEMONIC.split(' ');
    expect(readMnemonic('')).toEqual({ kind: 'wrong-count', count: 0 });
    expect(readMnemonic(words.slice(1).join(' '))).toEqual({ kind: 'wrong-count', count: 11 });
    expect(readMnemonic(words.with(4, 'cairn').join(' '))).toEqual({
      kind: 'unknown-word',
      position: 5,
    });
    expect(readMnemonic(words.with(11, 'test').join(' '))).toEqual({ kind: 'wrong-checksum' });
  });

  test('finds about fifteen of sixteen swapped words', () => {
    const swapped = english.flatMap(([, mnemonic]) => {
      const words = mnemonic.split(' ');
      return words.slice(1).map((word, at) => words.with(at, word).with(at + 1, words[at]!));
    });
    const changed = swapped.filter((words) => !english.some((row) => row[1] === words.join(' ')));
    const missed = changed.filter((words) => readMnemonic(words.join(' ')).kind === 'mnemonic');
    expect(missed.length).toBeLessThan(changed.length / 8);
  });
});

test('a passphrase has one form, however its letters are composed (NFKD)', () => {
  const texts = fc.string({ unit: fc.constantFrom('é', 'ü', '㍍', 'ガ', 'ﬁ', 'å', 'a', ' ') });
  fc.assert(
    fc.property(texts, (text) => {
      const composed = deriveKeys(DEV_MNEMONIC, text.normalize('NFC')).signer(0);
      const decomposed = deriveKeys(DEV_MNEMONIC, text.normalize('NFKD')).signer(0);
      expect(composed.address).toBe(decomposed.address);
    }),
    { numRuns: 20 },
  );
});
