/** Owns: section 5 and checks T1 to T10. */
import { Reader, Unparsable, cat, hex, u32, u64, u8 } from './bytes.mjs';
import { addressOf, sign, tagged, verify } from './keys.mjs';

const NONCE_MAX = 0xffffffff;

export const encodeOutputs = (outputs) =>
  cat(u8(outputs.length), ...outputs.map(({ address, amount }) => cat(address, u64(amount))));
export const readOutputs = (reader) =>
  reader.list(reader.int(1), () => ({ address: reader.take(20), amount: reader.big(8) }));

export const encodeUnsigned = ({ version = 1, publicKey, nonce, fee, outputs, memo }) =>
  cat(
    cat(u8(version), publicKey, u32(nonce), u64(fee), encodeOutputs(outputs)),
    cat(u8(memo.length), memo),
  );

export const digestOf = (networkId, bytes) =>
  tagged('cairn/transaction', networkId, bytes.subarray(0, bytes.length - 64));
export const transactionId = (bytes) => tagged('cairn/txid', bytes);
export const costOf = ({ outputs, fee }) => outputs.reduce((sum, { amount }) => sum + amount, fee);

/** Signs what `key` sends; any field may be given, wrong ones too. */
export function createTransaction(networkId, key, fields) {
  const { nonce = 0, fee = 0n, outputs = [], memo = Buffer.alloc(0), ...rest } = fields;
  const unsigned = encodeUnsigned({ publicKey: key.publicKey, nonce, fee, outputs, memo, ...rest });
  const digest = tagged('cairn/transaction', networkId, unsigned);
  return cat(unsigned, sign(digest, key.secret));
}

/** Throws Unparsable. */
export function readTransaction(reader) {
  const start = reader.at;
  const transaction = {
    version: reader.int(1),
    publicKey: reader.take(33),
    nonce: reader.int(4),
    fee: reader.big(8),
    outputs: readOutputs(reader),
    memo: reader.take(reader.int(1)),
    signature: reader.take(64),
  };
  return { ...transaction, bytes: reader.bytes.subarray(start, reader.at) };
}

export function decodeTransaction(bytes) {
  const reader = new Reader(bytes);
  const transaction = readTransaction(reader);
  reader.end();
  return transaction;
}

const fail = (code, facts) => ({ code, ...(facts && { facts }) });

/** T3 to T6. */
export function checkForm(network, { outputs, publicKey, nonce }) {
  if (outputs.length === 0) return fail('tx-no-outputs');
  if (publicKey[0] !== 2 && publicKey[0] !== 3)
    return fail('tx-key-malformed', { prefix: publicKey[0] });
  const minimum = network.parameters.minimumOutput;
  const index = outputs.findIndex(({ amount }) => amount < minimum);
  if (index >= 0) {
    const facts = { output: index, amount: `${outputs[index].amount}`, minimum: `${minimum}` };
    return fail('tx-output-below-minimum', facts);
  }
  return nonce === NONCE_MAX ? fail('tx-nonce-exhausted', { nonce }) : undefined;
}

/** T7. */
export function checkSignature(network, { bytes, signature, publicKey }) {
  const valid = verify(signature, digestOf(network.id, bytes), publicKey);
  return valid ? undefined : fail('tx-signature-invalid');
}

/** T1 to T7. */
export function checkTransaction(network, bytes) {
  if (bytes.length === 0) return fail('tx-malformed', { size: 0 });
  if (bytes[0] !== 1) return fail('tx-version-unknown', { version: bytes[0] });
  try {
    const transaction = decodeTransaction(bytes);
    return checkForm(network, transaction) ?? checkSignature(network, transaction);
  } catch (error) {
    if (error instanceof Unparsable) return fail('tx-malformed', { size: bytes.length });
    throw error;
  }
}

export const accountOf = (accounts, address) =>
  accounts.get(hex(address)) ?? { balance: 0n, nonce: 0 };

/** T8 to T10. */
export function checkInContext(accounts, transaction) {
  const { balance, nonce } = accountOf(accounts, addressOf(transaction.publicKey));
  const facts = { nonce: transaction.nonce, expected: nonce };
  if (transaction.nonce < nonce) return fail('tx-nonce-used', facts);
  if (transaction.nonce > nonce) return fail('tx-nonce-gap', facts);
  const needed = costOf(transaction);
  if (needed <= balance) return undefined;
  return fail('tx-insufficient-funds', { balance: `${balance}`, needed: `${needed}` });
}

export function credit(accounts, { address, amount }) {
  const account = accountOf(accounts, address);
  accounts.set(hex(address), { ...account, balance: account.balance + amount });
}

/** Applies a valid transaction to a Map of hex address -> account, in place. */
export function applyTransaction(accounts, transaction) {
  const sender = addressOf(transaction.publicKey);
  const { balance, nonce } = accountOf(accounts, sender);
  accounts.set(hex(sender), { balance: balance - costOf(transaction), nonce: nonce + 1 });
  for (const output of transaction.outputs) credit(accounts, output);
}
