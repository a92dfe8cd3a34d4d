/** Owns: `cairn tx sign`: signs what `tx build` made; asks no node. */
import { bytesToHex, equalBytes } from '../../src/core/base/bytes.ts';
import { encodeAddress } from '../../src/core/codec/address.ts';
import { signTransfer } from '../../src/client/transfer.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import {
  NETWORK_OPTIONS,
  decodePayment,
  paymentLines,
  paymentToJson,
  readHex,
  readOfflineNetwork,
} from '../offline.ts';
import { openPayer } from '../payer.ts';
import { PASSPHRASE_OPTION } from '../prompts.ts';

interface TxSignArguments {
  readonly unsigned: string;
  readonly from?: string;
  readonly passphraseFile?: string;
  readonly genesis?: string;
  readonly networkId?: string;
}

export const txSign: Command<TxSignArguments> = {
  options: {
    from: { kind: 'text', value: 'NAME', summary: 'whose key signs (the one that was built for)' },
    ...PASSPHRASE_OPTION,
    ...NETWORK_OPTIONS,
  },

  async run(context, args) {
    const network = readOfflineNetwork(context, args);
    const { prefix, id: networkId } = network;
    const payment = decodePayment(readHex(args.unsigned));
    if (payment.isSigned) throw usageError('this is signed already', 'cairn tx push HEX');
    const { senderKey, sender, nonce, fee, outputs, memo } = payment.transaction;
    const from = args.from ?? encodeAddress(sender, prefix);
    for (const line of paymentLines(payment, prefix)) context.output.note(line);
    const payer = await openPayer(context, from, { network, passphraseFile: args.passphraseFile });
    if (!equalBytes(payer.signer.publicKey, senderKey)) {
      throw new CliError(
        `this pays from ${encodeAddress(sender, prefix)}, not from ${payer.name}`,
        {
          ...{ code: 'signer-wrong', exit: EXIT.usage },
          hint: 'name the account that it was built for',
          data: { from: encodeAddress(sender, prefix), signer: payer.address },
        },
      );
    }
    const transfer = { networkId, nonce, fee, outputs, memo };
    const { transaction, raw } = signTransfer(transfer, payer.signer);
    const signed = { transaction, isSigned: true };
    context.output.answer({ ...paymentToJson(signed, prefix), networkId, raw }, () => [
      bytesToHex(transaction.bytes),
    ]);
    context.output.next('cairn tx push HEX');
    return undefined;
  },
};
