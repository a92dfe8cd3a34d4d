/**
 * Owns: the schemas of proof files as methods answer them: the shapes of core/rules/proof-json.
 * Does not own: what they prove (docs/protocol.md section 16).
 */
import { z } from 'zod';
import { PROOF_HEADERS_MAX } from '../../core/rules/proof-file.ts';
import type {
  BalanceProofJson,
  HistoryProofJson,
  TransactionProofJson,
} from '../../core/rules/proof-json.ts';
import { address, coins, height, hex, id, whole, work } from './fields.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.array(hash).max(64).describe('hashes, nearest first');
const header = z.string().regex(/^[0-9a-f]{160}$/);
const committed = z.string().regex(/^[0-9a-f]{208}$/);

const format = z.literal('cairn-proof/1');
const network = id.describe('the network id');
const place = {
  block: id.describe('the block that it is about'),
  height,
  tip: id.describe('the last header that the file carries'),
};
const holding = { address, balance: coins, nonce: whole };
const evidence = {
  genesis: z.strictObject({ header, path }),
  header,
  committed: committed.describe('height, count and the three roots that the header commits to'),
  above: z.array(header).max(PROOF_HEADERS_MAX).describe('headers above the block, lowest first'),
};

export const transactionProof: z.ZodType<TransactionProofJson> = z
  .strictObject({
    ...{ format, kind: z.literal('transaction'), network },
    statement: z.strictObject({ transaction: id, from: address, ...place }),
    evidence: z.strictObject({ ...evidence, transaction: hex(), index: whole, path }),
  })
  .meta({ id: 'TransactionProof' });

export const balanceProof: z.ZodType<BalanceProofJson> = z
  .strictObject({
    ...{ format, kind: z.literal('account'), network },
    statement: z.strictObject({ ...holding, ...place }),
    evidence: z.strictObject({
      ...evidence,
      steps: z.array(z.strictObject({ bit: z.int().min(0).max(159), sibling: hash })).max(160),
      leaf: z.strictObject(holding).nullable(),
    }),
  })
  .meta({ id: 'AccountProof' });

export const historyProof: z.ZodType<HistoryProofJson> = z
  .strictObject({
    ...{ format, kind: z.literal('history'), network },
    statement: z.strictObject({ from: z.strictObject({ block: id, height }), ...place }),
    evidence: z.strictObject({
      ...evidence,
      from: z.strictObject({ header, committed }),
      work: work.describe('cumulative, of the earlier block'),
      ...{ inclusion: path, consistency: path },
    }),
  })
  .meta({ id: 'HistoryProof' });
