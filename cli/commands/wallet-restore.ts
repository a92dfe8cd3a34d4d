/** Owns: `cairn wallet restore`. Does not own: what a mnemonic is (client) or the file (wallet). */
import type { MnemonicReading } from '../../src/client/mnemonic.ts';
import { readMnemonic } from '../../src/client/mnemonic.ts';
import { assertNewName } from '../../src/wallet/wallet-folder.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { GENESIS_OPTION, readLocalGenesis } from '../local-genesis.ts';
import { PASSPHRASE_OPTION, askMnemonic, assertOneStandardInput } from '../prompts.ts';
import { saveNewWallet, walletToJson } from '../wallets.ts';

interface WalletRestoreArguments {
  readonly name: string;
  readonly mnemonicFile?: string;
  readonly passphraseFile?: string;
  readonly genesis?: string;
}

export const walletRestore: Command<WalletRestoreArguments> = {
  options: {
    'mnemonic-file': { kind: 'text', value: 'PATH|-', summary: 'where the words are, unasked' },
    ...PASSPHRASE_OPTION,
    ...GENESIS_OPTION,
  },

  async run(context, args) {
    const { name, mnemonicFile, passphraseFile } = args;
    assertNewName(context.home, name);
    assertOneStandardInput([mnemonicFile, passphraseFile]);
    const { prefix } = readLocalGenesis(context, args.genesis).params;
    const reading = readMnemonic(await askMnemonic(context, mnemonicFile));
    if (reading.kind !== 'mnemonic') throw wrongMnemonic(reading);
    const { mnemonic } = reading;
    const wallet = await saveNewWallet(context, { name, mnemonic, passphraseFile });
    const data = walletToJson(wallet, prefix);
    context.output.answer(data, () => [`${name}  ${data.address}`, `  file  ${data.file}`]);
    context.output.next(`cairn wallet balance ${name}`, `cairn wallet address ${name} --new`);
    return undefined;
  },
};

/** Says where the fault is, never the words. */
function wrongMnemonic(reading: Exclude<MnemonicReading, { readonly kind: 'mnemonic' }>): CliError {
  return new CliError(faultOf(reading), {
    ...{ code: 'mnemonic-wrong', exit: EXIT.usage },
    hint: 'English words of BIP39, in the order in which they were written down',
  });
}

function faultOf(reading: Exclude<MnemonicReading, { readonly kind: 'mnemonic' }>): string {
  switch (reading.kind) {
    case 'wrong-count':
      return `a mnemonic has 12, 15, 18, 21 or 24 words, not ${reading.count}`;
    case 'unknown-word':
      return `word ${reading.position} is not in the list of words`;
    case 'wrong-checksum':
      return 'the words do not belong together: one is wrong, or two are swapped';
  }
}
