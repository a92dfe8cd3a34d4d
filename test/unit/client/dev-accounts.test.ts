/** The table of dev accounts against its derivation, the genesis file and the vectors. */
import { readFileSync } from 'node:fs';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import { expect, test } from 'vitest';
import { bytesToHex } from '../../../src/core/base/bytes.ts';
import { encodeAddress } from '../../../src/core/codec/address.ts';
import { parseGenesisFile } from '../../../src/core/rules/genesis-file.ts';
import {
  DEV_ACCOUNTS,
  DEV_MNEMONIC,
  DEV_NETWORK,
  createDevSigner,
  findDevAccount,
} from '../../../src/client/dev-accounts.ts';

const root = HDKey.fromMasterSeed(mnemonicToSeedSync(DEV_MNEMONIC));

test.each(DEV_ACCOUNTS.map((account, index) => ({ account, index })))(
  '$account.name is key $index of the mnemonic',
  ({ account, index }) => {
    const { privateKey } = root.derive(`m/44'/1'/0'/0/${index}`);
    expect(account.secretHex).toBe(bytesToHex(privateKey!));
    expect(account.address).toBe(encodeAddress(createDevSigner(account.name).address, 'crn'));
  },
);

test('genesis.json funds exactly these, in this order', () => {
  const text = readFileSync(new URL('../../../genesis.json', import.meta.url), 'utf8');
  const params = parseGenesisFile(text);
  if (!params.ok) throw new Error(params.code);
  const funded = params.value.allocations.map(({ address }) => encodeAddress(address, 'crn'));
  expect(params.value.name).toBe(DEV_NETWORK);
  expect(funded).toEqual(DEV_ACCOUNTS.map(({ address }) => address));
});

test('no other name is a dev account', () => {
  expect(findDevAccount('faucet')?.name).toBe('faucet');
  expect(findDevAccount('mallory')).toBeUndefined();
});
