/**
 * Owns: the codes of what can fail with a wallet file, and their exit codes.
 * Does not own: what a node says to a payment (client).
 */
import { OperationalError } from '../io/errors.ts';

const EXIT_CODES = {
  'wallet-unknown': 1,
  'wallet-exists': 1,
  'wallet-name-wrong': 2,
  'wallet-account-unknown': 1,
  'wallet-unwritable': 1,
  'wallet-damaged': 7,
  'wallet-format-unknown': 7,
  'wallet-kdf-refused': 7,
  'passphrase-wrong': 4,
} as const;

export type WalletErrorCode = keyof typeof EXIT_CODES;

/** A failure with a wallet, and the way out. */
export function walletError(
  code: WalletErrorCode,
  message: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): OperationalError {
  return new OperationalError({ code, message, exitCode: EXIT_CODES[code], ...details });
}
