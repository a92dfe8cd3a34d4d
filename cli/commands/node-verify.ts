/** Owns: `cairn node verify`. Does not own: the checks (io/store-audit). */
import type { VerifyProgress } from '../../src/io/store-audit.ts';
import { verifyStore } from '../../src/io/store-audit.ts';
import type { Command } from '../command.ts';
import type { DataArguments } from '../data-folder.ts';
import { DATA_OPTIONS, namingData, resolveData } from '../data-folder.ts';
import { plural, showCount } from '../format.ts';
import { interruptible } from '../interrupt.ts';

interface VerifyArguments extends DataArguments {
  readonly deep?: boolean;
}

export const nodeVerify: Command<VerifyArguments> = {
  options: {
    deep: { kind: 'flag', summary: 'compute everything again too' },
    ...DATA_OPTIONS,
  },

  async run(context, args) {
    const { output } = context;
    const { datadir, network, flags } = resolveData(context, args);
    const deep = args.deep === true;
    let progress: VerifyProgress | undefined;
    const work = interruptible(context, (signal) =>
      verifyStore({ datadir, network, deep, signal, onProgress: (now) => (progress = now) }),
    );
    const report = await output.during(() => describe(progress), namingData(flags, work));
    const data = { ok: true, datadir, ...report, deep: report.deep ?? null };
    output.answer(data, () => [
      `${datadir} is good: ${plural(report.records, 'record')}, ${showCount(report.bytes)}B`,
      ...(report.deep === undefined ? [] : [describeDeep(report.deep)]),
    ]);
    if (!deep) output.next(`cairn node verify --deep ${flags}`);
    return undefined;
  },
};

function describe(progress: VerifyProgress | undefined): string {
  if (progress === undefined) return 'checking files';
  const { part, done, total } = progress;
  const of = total === undefined ? '' : ` of ${total}`;
  return { records: 'reading records', blocks: 'blocks', ledger: 'ledger', accounts: 'accounts' }[
    part
  ].concat(`   ${done}${of}`);
}

function describeDeep(deep: {
  readonly height: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly accounts: number;
}): string {
  const { height, blocks, transactions, accounts } = deep;
  const counts = [
    plural(blocks, 'block'),
    plural(transactions, 'transaction'),
    plural(accounts, 'account'),
  ];
  return `  computed again up to height ${height}: ${counts.join(', ')}`;
}
