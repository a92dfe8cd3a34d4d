/**
 * Owns: the types of the second implementation, test/vectors/reference, as far as attackers use it.
 */

declare namespace Reference {
  interface Account {
    readonly balance: bigint;
    readonly nonce: number;
  }
  interface Output {
    readonly address: Buffer;
    readonly amount: bigint;
  }
  interface Key {
    readonly secret: Buffer;
    readonly publicKey: Buffer;
    readonly address: Buffer;
  }
  interface Transaction {
    readonly version: number;
    readonly publicKey: Buffer;
    readonly nonce: number;
    readonly fee: bigint;
    readonly outputs: readonly Output[];
    readonly memo: Buffer;
    readonly signature: Buffer;
    readonly bytes: Buffer;
  }
  type TransactionFields = Partial<Omit<Transaction, 'bytes' | 'signature'>>;
  interface Coinbase {
    readonly height: number;
    readonly outputs: readonly Output[];
    readonly extra: Buffer;
  }
  interface HeaderFields {
    readonly version: number;
    readonly parent: Buffer;
    readonly commitment: Buffer;
    readonly time: number;
    readonly bits: number;
  }
  interface Stated {
    readonly height: number;
    readonly count: number;
    readonly transactionsRoot: Buffer;
    readonly accountsRoot: Buffer;
    readonly historyRoot: Buffer;
  }
  interface Body extends Stated {
    readonly coinbase: Coinbase;
    readonly transactions: readonly Transaction[];
  }
  interface Block extends HeaderFields, Body {
    readonly nonce: number;
    readonly id: Buffer;
    readonly header: Buffer;
    readonly bytes: Buffer;
    readonly accounts: ReadonlyMap<string, Account>;
    readonly cumulativeWork: bigint;
  }
  interface BlockContent {
    readonly time: number;
    readonly transactions?: readonly Buffer[];
    readonly outputs?: readonly Output[];
    readonly extra?: Buffer;
    readonly coinbaseHeight?: number;
    readonly wrong?: Partial<Stated>;
    readonly wrongHeader?: Partial<HeaderFields>;
  }
  interface Parameters {
    readonly prefix: string;
    readonly time: number;
    readonly bits: number;
    readonly powLimit: number;
    readonly reward: bigint;
    readonly halvingBlocks: number;
    readonly blockSizeMax: number;
    readonly minimumOutput: bigint;
    readonly maxFutureSeconds: number;
  }
  interface Network {
    readonly id: Buffer;
    readonly parameters: Parameters;
    readonly chain: Block[];
  }
  interface Verdict {
    readonly code: string;
    readonly facts?: Readonly<Record<string, unknown>>;
  }
  type Fields = Readonly<Record<string, unknown>>;
  interface MessageKind {
    readonly type: number;
    readonly name: string;
    readonly max: number;
  }
}

declare module '*/reference/bytes.mjs' {
  export const cat: (...parts: readonly Uint8Array[]) => Buffer;
  export const hex: (bytes: Uint8Array) => string;
  export const unhex: (text: string) => Buffer;
  export const shown: (id: Uint8Array) => string;
  export const u32: (value: number | bigint) => Buffer;
  export const u64: (value: number | bigint) => Buffer;
}

declare module '*/reference/keys.mjs' {
  export const publicKeyOf: (secret: Uint8Array) => Buffer;
  export const addressOf: (publicKey: Uint8Array) => Buffer;
  export const addressToText: (prefix: string, address: Uint8Array, version?: number) => string;
  export const addressFromText: (prefix: string, text: string) => Buffer | undefined;
  export const sign: (digest: Uint8Array, secret: Uint8Array) => Buffer;
  export const tagged: (tag: string, ...parts: readonly Uint8Array[]) => Buffer;
  export const sha256: (...parts: readonly Uint8Array[]) => Buffer;
}

declare module '*/reference/transaction.mjs' {
  export const createTransaction: (
    networkId: Buffer,
    key: Pick<Reference.Key, 'secret' | 'publicKey'>,
    fields: Reference.TransactionFields,
  ) => Buffer;
  export const transactionId: (bytes: Uint8Array) => Buffer;
  export const digestOf: (networkId: Buffer, bytes: Buffer) => Buffer;
  export const decodeTransaction: (bytes: Buffer) => Reference.Transaction;
  export const checkTransaction: (
    network: Reference.Network,
    bytes: Buffer,
  ) => Reference.Verdict | undefined;
  export const checkInContext: (
    accounts: ReadonlyMap<string, Reference.Account>,
    transaction: Reference.Transaction,
  ) => Reference.Verdict | undefined;
}

declare module '*/reference/block.mjs' {
  export const createBlock: (
    network: Reference.Network,
    blocks: readonly Reference.Block[],
    content: Reference.BlockContent,
  ) => Reference.Block;
  export const mine: <T extends Reference.HeaderFields>(
    fields: T,
    wanted?: boolean,
  ) => T & { readonly nonce: number; readonly header: Buffer };
  export const encodeHeader: (fields: Reference.HeaderFields & { nonce: number }) => Buffer;
  export const decodeHeader: (bytes: Buffer) => Reference.HeaderFields & { nonce: number };
  export const decodeBlock: (bytes: Buffer) => Reference.Block;
  export const coinbaseId: (coinbase: Reference.Coinbase) => Buffer;
  export const commitmentOf: (body: Reference.Stated) => Buffer;
  export const leafIds: (body: Reference.Body) => Buffer[];
  export const medianTime: (blocks: readonly Reference.Block[]) => number;
  export const rewardAt: (parameters: Reference.Parameters, height: number) => bigint;
  export const withHeader: (header: Buffer, bytes: Buffer) => Buffer;
}

declare module '*/reference/difficulty.mjs' {
  export const childBits: (
    parameters: Reference.Parameters,
    parentHeight: number,
    parentTime: number,
  ) => number;
  export const headerId: (header: Uint8Array) => Buffer;
  export const workOf: (bits: number) => bigint;
  export const canonicalTarget: (bits: number) => bigint | undefined;
  export const meets: (id: Uint8Array, bits: number) => boolean;
}

declare module '*/reference/trees.mjs' {
  export const merkleRoot: (data: readonly Uint8Array[]) => Buffer;
  export const inclusionProof: (data: readonly Uint8Array[], index: number) => Buffer[];
}

declare module '*/reference/check.mjs' {
  export const checkHeader: (
    network: Reference.Network,
    known: {
      readonly blocks: readonly Reference.Block[];
      readonly marked: readonly number[];
      readonly now: number;
    },
    bytes: Buffer,
  ) => Reference.Verdict | undefined;
  export const checkBody: (
    network: Reference.Network,
    blocks: readonly Reference.Block[],
    bytes: Buffer,
  ) => Reference.Verdict | undefined;
  export const checkConnect: (
    blocks: readonly Reference.Block[],
    bytes: Buffer,
  ) => Reference.Verdict | undefined;
}

declare module '*/reference/genesis.mjs' {
  export const createNetwork: (json: Readonly<Record<string, unknown>>) => Reference.Network;
}

declare module '*/reference/messages.mjs' {
  export const MESSAGES: readonly Reference.MessageKind[];
  export const encodeMessage: (name: string, values: Reference.Fields) => Buffer;
  export const decodeMessage: (kind: Reference.MessageKind, bytes: Buffer) => Reference.Fields;
}

declare module '*/reference/proof-file.mjs' {
  interface ProofFile {
    readonly statement: Reference.Fields;
    readonly evidence: Reference.Fields;
  }
  type Make<Request> = (
    network: Reference.Network,
    blocks: readonly Reference.Block[],
    request: Request & { readonly height: number; readonly headers?: number },
  ) => ProofFile;
  export const proveTransaction: Make<{ readonly index: number }>;
  export const proveAccount: Make<{ readonly address: Buffer }>;
  export const proveHistory: Make<{ readonly from: number }>;
}
