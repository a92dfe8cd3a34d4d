/**
 * Owns: the JSON of a wallet file: what is written, and what is refused before a key is stretched.
 * Does not own: sealing (sealing) or where files lie (wallet-folder).
 *
 * Public keys stand in the open, so that addresses show without a passphrase. They are bound to the
 * seal: opening a file whose open part was changed fails.
 */
import { z } from 'zod';
import type { Sealed } from './sealing.ts';
import { CIPHER_NAME, KDF, NONCE_SIZE, SALT_SIZE, TAG_SIZE } from './sealing.ts';
import { walletError } from './wallet-error.ts';

const FORMAT = 1;
const ACCOUNTS_MAX = 1000;
const SECRET_SIZE_MAX = 1024;

/** What a wallet file says in the open. */
export interface OpenPart {
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** False: the empty passphrase opens it, so nobody is asked. */
  readonly hasPassphrase: boolean;
  /** Compressed public keys in hex, by account index. */
  readonly accounts: readonly string[];
}

export interface WalletRecord extends OpenPart {
  readonly sealed: Sealed;
}

const bytes = (sizeMin: number, sizeMax = sizeMin) =>
  z
    .string()
    .regex(new RegExp(`^(?:[0-9a-f]{2}){${sizeMin},${sizeMax}}$`))
    .transform((hex) => Buffer.from(hex, 'hex'));

const schema = z.strictObject({
  format: z.literal(FORMAT),
  createdAt: z.int().min(0),
  hasPassphrase: z.boolean(),
  accounts: z
    .array(z.string().regex(/^0[23][0-9a-f]{64}$/))
    .min(1)
    .max(ACCOUNTS_MAX),
  kdf: z.strictObject({
    name: z.string(),
    n: z.number(),
    r: z.number(),
    p: z.number(),
    salt: bytes(SALT_SIZE),
  }),
  cipher: z.strictObject({
    name: z.literal(CIPHER_NAME),
    nonce: bytes(NONCE_SIZE),
    tag: bytes(TAG_SIZE),
  }),
  secret: bytes(1, SECRET_SIZE_MAX),
});

/** The bytes of the open part that the seal covers. */
export function openPartToBytes({ createdAt, hasPassphrase, accounts }: OpenPart): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, createdAt, hasPassphrase, accounts, KDF]));
}

export function encodeWalletRecord(record: WalletRecord): string {
  const { createdAt, hasPassphrase, accounts, sealed } = record;
  const file = {
    format: FORMAT,
    createdAt,
    hasPassphrase,
    accounts,
    kdf: { ...KDF, salt: sealed.salt.toString('hex') },
    cipher: {
      name: CIPHER_NAME,
      nonce: sealed.nonce.toString('hex'),
      tag: sealed.tag.toString('hex'),
    },
    secret: sealed.ciphertext.toString('hex'),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads a wallet file: `wallet-damaged`, `wallet-format-unknown`, `wallet-kdf-refused`.
 * `path` is named in the error.
 */
export function decodeWalletRecord(text: string, path: string): WalletRecord {
  const json = parseJson(text, path);
  checkFormat(json, path);
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
  }
  const { createdAt, hasPassphrase, accounts, kdf, cipher, secret } = parsed.data;
  checkKdf(kdf, path);
  const { nonce, tag } = cipher;
  const sealed = { salt: kdf.salt, nonce, tag, ciphertext: secret };
  return { createdAt, hasPassphrase, accounts, sealed };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw damaged(path, 'it is no JSON');
  }
}

function checkFormat(json: unknown, path: string): void {
  const format =
    typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
  if (format === FORMAT) return;
  if (typeof format !== 'number') throw damaged(path, 'it names no format');
  throw walletError(
    'wallet-format-unknown',
    `${path} has format ${format}; this version reads ${FORMAT}`,
    { hint: 'use the version of cairn that wrote it' },
  );
}

/** Parameters are an allow-list of one: a forged file can neither weaken them nor stall us. */
function checkKdf(kdf: z.infer<typeof schema>['kdf'], path: string): void {
  const { name, n, r, p } = kdf;
  if (name === KDF.name && n === KDF.n && r === KDF.r && p === KDF.p) return;
  throw walletError(
    'wallet-kdf-refused',
    `${path} asks for ${name} with n=${n}, r=${r}, p=${p}, which is never run`,
    { hint: 'the file was changed or comes from elsewhere: cairn wallet restore NAME' },
  );
}

function damaged(path: string, why: string): Error {
  return walletError('wallet-damaged', `${path} is no wallet file: ${why}`, {
    hint: `the previous one may lie beside it as ${path}.bak; else cairn wallet restore NAME`,
  });
}
