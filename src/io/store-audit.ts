/**
 * Owns: `verify`: reading every file and record of a stopped node's store, and computing all of it
 * again when asked to.
 * Does not own: the checks: of files (store/level-check), of records (store/record-codec), of what
 * they say (core/chain/audit).
 */
import type { AuditProgress, AuditSummary } from '../core/chain/audit.ts';
import { auditStore } from '../core/chain/audit.ts';
import type { Network } from '../core/rules/network.ts';
import { yieldToEventLoop } from './clock.ts';
import { bootStore, namedDamage, openStore } from './data-folder.ts';
import { OperationalError } from './errors.ts';
import { isRebuilding } from './rebuild.ts';
import type { LevelStore } from './store/level-store.ts';

const SLICE_MS = 20;
const RECORDS_PER_TELLING = 1_000;
const INTERRUPTED = 130;
const DAMAGED = 7;

export type VerifyProgress =
  { readonly part: 'records'; readonly done: number; readonly total: undefined } | AuditProgress;

export interface VerifyReport {
  readonly records: number;
  readonly bytes: number;
  /** Only of a deep verification. */
  readonly deep: AuditSummary | undefined;
}

export interface VerifyOptions {
  readonly datadir: string;
  readonly network: Network;
  readonly deep: boolean;
  readonly onProgress: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `store-damaged` for the first damage, `store-locked` while a node runs there. */
export async function verifyStore(options: VerifyOptions): Promise<VerifyReport> {
  const { datadir, network } = options;
  if (isRebuilding(datadir)) {
    throw new OperationalError({
      code: 'store-rebuilding',
      message: `the rebuilding of ${datadir} has not come to its end`,
      hint: 'cairn node reindex',
      exitCode: DAMAGED,
    });
  }
  const store = await openStore(datadir, network);
  try {
    const counts = await readAll(store, options);
    const deep = options.deep ? await audit(store, counts.byPrefix, options) : undefined;
    return { records: counts.records, bytes: counts.bytes, deep };
  } catch (error) {
    throw namedDamage(error);
  } finally {
    await store.close();
  }
}

interface Counts {
  records: number;
  bytes: number;
  readonly byPrefix: Map<string, number>;
}

/** Reads every record, which checks its checksum. */
async function readAll(store: LevelStore, options: VerifyOptions): Promise<Counts> {
  const counts: Counts = { records: 0, bytes: 0, byPrefix: new Map() };
  for await (const { key, value } of store.readRange('')) {
    const prefix = key.slice(0, 1);
    counts.byPrefix.set(prefix, (counts.byPrefix.get(prefix) ?? 0) + 1);
    counts.records += 1;
    counts.bytes += key.length + value.length;
    if (counts.records % RECORDS_PER_TELLING !== 0) continue;
    options.onProgress({ part: 'records', done: counts.records, total: undefined });
    assertGoesOn(options);
  }
  return counts;
}

async function audit(
  store: LevelStore,
  byPrefix: ReadonlyMap<string, number>,
  options: VerifyOptions,
): Promise<AuditSummary> {
  const { chain } = await bootStore(store, options.network, { repair: false });
  const steps = auditStore({ chain, store, countOf: (prefix) => byPrefix.get(prefix) ?? 0 });
  for (let sliceEndMs = performance.now() + SLICE_MS; ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < sliceEndMs) continue;
    options.onProgress(step.value);
    assertGoesOn(options);
    await yieldToEventLoop();
    sliceEndMs = performance.now() + SLICE_MS;
  }
}

function assertGoesOn({ signal }: VerifyOptions): void {
  if (signal?.aborted !== true) return;
  throw new OperationalError({
    code: 'interrupted',
    message: 'stopped before the end; nothing has been changed',
    exitCode: INTERRUPTED,
  });
}
