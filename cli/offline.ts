/**
 * Owns: what building, decoding and signing need where no node is asked: the network, hex given in
 * several ways, and how a payment is shown.
 * Does not own: signing (client) or the bytes (core/codec).
 */
import { existsSync, readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '../src/core/base/bytes.ts';
import type { BlockId } from '../src/core/base/types.ts';
import { parseBlockId } from '../src/core/base/types.ts';
import { encodeAddress } from '../src/core/codec/address.ts';
import { formatCoins } from '../src/core/codec/coins.ts';
import type { Transaction } from '../src/core/codec/transaction.ts';
import { TRANSACTION_SIZE_MAX, decodeTransaction } from '../src/core/codec/transaction.ts';
import type { Context, OptionSpecs } from './command.ts';
import { CliError, EXIT, usageError } from './errors.ts';
import { showCoins } from './format.ts';
import { GENESIS_OPTION, readLocalGenesis } from './local-genesis.ts';

export const NETWORK_OPTIONS: OptionSpecs = {
  ...GENESIS_OPTION,
  'network-id': { kind: 'text', value: 'ID', summary: 'of a network whose genesis is not here' },
};

const STANDARD_INPUT = '-';
const SIGNATURE_SIZE = 64;
const utf8 = new TextDecoder();

/** As much of a network as a signature and an address need. */
export interface OfflineNetwork {
  readonly id: BlockId;
  readonly network: string;
  readonly prefix: string;
}

/** The network named by `--network-id`, `--genesis`, or the local one. */
export function readOfflineNetwork(
  context: Context,
  args: { readonly genesis?: string; readonly networkId?: string },
): OfflineNetwork {
  const { id, params } = readLocalGenesis(context, args.genesis);
  const { name: network, prefix } = params;
  if (args.networkId === undefined) return { id, network, prefix };
  const given = parseBlockId(args.networkId.toLowerCase());
  if (given === undefined) {
    throw usageError(`"${args.networkId}" is no network id: 64 hex digits`, 'cairn chain shows it');
  }
  return given === id ? { id, network, prefix } : { id: given, network: given.slice(0, 8), prefix };
}

/** Bytes given as hex, as a file with hex in it, or as `-` for standard input. */
export function readHex(text: string): Uint8Array {
  const isFile = text === STANDARD_INPUT || existsSync(text);
  const hex = (isFile ? readFileSync(text === STANDARD_INPUT ? 0 : text, 'utf8') : text).trim();
  if (/^(?:[0-9a-f]{2})+$/i.test(hex) && hex.length <= 2 * TRANSACTION_SIZE_MAX) {
    return hexToBytes(hex.toLowerCase());
  }
  throw new CliError('this is no transaction: it is no hex, or too long', {
    ...{ code: 'tx-malformed', exit: EXIT.usage },
    hint: 'the hex itself, a file that holds it, or - for standard input',
  });
}

/** A payment with or without its signature. */
export interface DecodedPayment {
  readonly transaction: Transaction;
  readonly isSigned: boolean;
}

/** Decodes a signed transaction, or what `tx build` made: `tx-malformed` and the like. */
export function decodePayment(bytes: Uint8Array): DecodedPayment {
  const signed = decodeTransaction(bytes);
  if (signed.ok) return { transaction: signed.value, isSigned: true };
  const padded = new Uint8Array(bytes.length + SIGNATURE_SIZE);
  padded.set(bytes);
  const unsigned = decodeTransaction(padded);
  if (unsigned.ok) return { transaction: unsigned.value, isSigned: false };
  throw new CliError(`these ${bytes.length} bytes are no transaction`, {
    ...{ code: signed.code, exit: EXIT.usage, data: signed.facts },
    hint: 'hex as tx build or tx sign printed it',
  });
}

/** The fields of a payment; an unsigned one has no id yet. */
export function paymentToJson({ transaction, isSigned }: DecodedPayment, prefix: string): object {
  const { id, sender, nonce, fee, outputs, memo, bytes } = transaction;
  return {
    id: isSigned ? id : null,
    from: encodeAddress(sender, prefix),
    nonce,
    fee: formatCoins(fee),
    outputs: outputs.map(({ address, amount }) => {
      return { address: encodeAddress(address, prefix), amount: formatCoins(amount) };
    }),
    memo: utf8.decode(memo),
    memoHex: bytesToHex(memo),
    size: bytes.length,
  };
}

/** The lines in which a person reads what is signed. */
export function paymentLines({ transaction }: DecodedPayment, prefix: string): readonly string[] {
  const { sender, nonce, fee, outputs, memo } = transaction;
  return [
    `  from   ${encodeAddress(sender, prefix)}   nonce ${nonce}   fee ${formatCoins(fee)}`,
    ...outputs.map(({ address, amount }) => {
      return `  pays   ${showCoins(formatCoins(amount))} to ${encodeAddress(address, prefix)}`;
    }),
    ...(memo.length === 0 ? [] : [`  memo   ${JSON.stringify(utf8.decode(memo))}`]),
  ];
}
