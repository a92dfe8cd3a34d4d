/** Owns: `cairn tx decode`: what a transaction says, whether its signature holds; asks no node. */
import { bytesToHex } from '../../src/core/base/bytes.ts';
import { verifyDigest } from '../../src/core/base/crypto.ts';
import { signingDigest } from '../../src/core/codec/transaction.ts';
import type { Command } from '../command.ts';
import {
  NETWORK_OPTIONS,
  decodePayment,
  paymentLines,
  paymentToJson,
  readHex,
  readOfflineNetwork,
} from '../offline.ts';

interface TxDecodeArguments {
  readonly hex: string;
  readonly genesis?: string;
  readonly networkId?: string;
}

export const txDecode: Command<TxDecodeArguments> = {
  options: NETWORK_OPTIONS,

  async run(context, args) {
    const { id: networkId, prefix } = readOfflineNetwork(context, args);
    const bytes = readHex(args.hex);
    const payment = decodePayment(bytes);
    const { transaction, isSigned } = payment;
    const digest = signingDigest(transaction, networkId);
    const isValid = isSigned && verifyDigest(transaction.signature, digest, transaction.senderKey);
    const state = isValid ? 'signed' : isSigned ? 'not signed for this network' : 'unsigned';
    const facts = { networkId, signed: isSigned, signatureValid: isValid, raw: bytesToHex(bytes) };
    context.output.answer({ ...paymentToJson(payment, prefix), ...facts }, () => [
      `${isSigned ? transaction.id : 'no id yet'}   ${state}`,
      ...paymentLines(payment, prefix),
    ]);
    return undefined;
  },
};
