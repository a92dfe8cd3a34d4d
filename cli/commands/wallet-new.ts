/** Owns: `cairn wallet new`. Does not own: keys (client) or the file (wallet). */
import { createMnemonic } from '../../src/client/mnemonic.ts';
import { assertNewName } from '../../src/wallet/wallet-folder.ts';
import type { Command, Context } from '../command.ts';
import { usageError } from '../errors.ts';
import { showTable } from '../format.ts';
import { GENESIS_OPTION, readLocalGenesis } from '../local-genesis.ts';
import { PASSPHRASE_OPTION } from '../prompts.ts';
import { saveNewWallet, walletToJson } from '../wallets.ts';

interface WalletNewArguments {
  readonly name: string;
  readonly words?: string;
  readonly passphraseFile?: string;
  readonly genesis?: string;
}

const WORDS_PER_ROW = 4;

export const walletNew: Command<WalletNewArguments> = {
  options: {
    words: { kind: 'text', value: 'N', summary: 'how many words back it up: 12 (default) or 24' },
    ...PASSPHRASE_OPTION,
    ...GENESIS_OPTION,
  },

  async run(context, args) {
    const { name, words = '12', passphraseFile } = args;
    if (words !== '12' && words !== '24') throw usageError('--words is 12 or 24', '--words 12');
    assertNewName(context.home, name);
    const { prefix } = readLocalGenesis(context, args.genesis).params;
    const mnemonic = createMnemonic(words === '12' ? 12 : 24);
    const wallet = await saveNewWallet(context, { name, mnemonic, passphraseFile });
    showBackup(context, name, mnemonic);
    const data = walletToJson(wallet, prefix);
    context.output.answer(data, () => [`${name}  ${data.address}`, `  file  ${data.file}`]);
    context.output.next(`cairn mine 1 --to ${name}`, `cairn wallet balance ${name}`);
    return undefined;
  },
};

/** The words go to a terminal only: not into a pipe, a log or a script's variables. */
function showBackup({ output }: Context, name: string, mnemonic: string): void {
  if (!process.stderr.isTTY || output.isJson || output.options.quiet) {
    output.note(`back up its words: cairn wallet export ${name}`);
    return;
  }
  const words = mnemonic.split(' ').map((word, index) => `${index + 1} ${word}`);
  const rows = Array.from({ length: words.length / WORDS_PER_ROW }, (_, row) =>
    words.slice(row * WORDS_PER_ROW, (row + 1) * WORDS_PER_ROW),
  );
  output.note(`Write these words down, in this order. They are all of "${name}": who has them can`);
  output.note('spend, and without them a lost file or passphrase cannot be replaced.');
  for (const line of showTable(rows)) output.note(line);
}
