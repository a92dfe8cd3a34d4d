/** Owns: `cairn node reindex`. Does not own: rebuilding (io/rebuild). */
import type { RebuildProgress } from '../../src/io/rebuild.ts';
import { rebuildStore } from '../../src/io/rebuild.ts';
import type { Command } from '../command.ts';
import type { DataArguments } from '../data-folder.ts';
import { DATA_OPTIONS, resolveData } from '../data-folder.ts';
import { plural } from '../format.ts';
import { interruptible } from '../interrupt.ts';

export const nodeReindex: Command<DataArguments> = {
  options: DATA_OPTIONS,

  async run(context, args) {
    const { output } = context;
    const { datadir, network, flags } = resolveData(context, args);
    let progress: RebuildProgress | undefined;
    const work = interruptible(context, (signal) =>
      rebuildStore({ datadir, network, signal, onProgress: (now) => (progress = now) }),
    );
    const { tip, blocks, kept } = await output.during(() => describe(progress), work);
    const { height, id } = tip;
    output.answer({ height, tip: id, blocks, kept: kept ?? null, datadir }, () => [
      `${datadir} is rebuilt: height ${height}, ${plural(blocks, 'block')}`,
    ]);
    if (kept !== undefined) {
      output.note(`not all of it could be read: peers have the rest; the old data is in ${kept}`);
    }
    output.next(`cairn node verify --deep ${flags}`);
    return undefined;
  },
};

function describe(progress: RebuildProgress | undefined): string {
  if (progress === undefined) return 'rebuilding';
  const { part, done, total } = progress;
  return `${part === 'files' ? 'reading files' : 'taking in blocks'}   ${done} of ${total}`;
}
