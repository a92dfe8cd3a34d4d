/** Owns: `cairn heal` and the line on each reorganisation. Does not own: healing (lab). */
import type { HealedNode, HealResult } from '../../src/lab/faults.ts';
import { healNetwork } from '../../src/lab/faults.ts';
import type { Command } from '../command.ts';
import { plural, showId, showSpan } from '../format.ts';

export const heal: Command = {
  options: {},

  async run({ home, network, output }) {
    const result = await output.during(
      () => 'waiting for the nodes to agree',
      healNetwork({ home, name: network }),
    );
    output.answer(result, () => lines(result));
    if (!result.agreed) {
      output.note('the nodes stand on different tips: equal work stays apart until the next block');
      output.next('cairn mine', 'cairn tree');
    } else output.next('cairn tree', 'cairn mempool');
    return undefined;
  },
};

function lines({ links, reorganised, miningResumed }: HealResult): readonly string[] {
  const restored = links.map((link) => link.join('-')).join(', ');
  const resumed = miningResumed ? '   automatic mining goes on' : '';
  return [
    restored === '' ? 'no link was cut' : `links restored: ${restored}${resumed}`,
    ...reorganised.map(line),
  ];
}

function line(node: HealedNode): string {
  const blocks = `-${node.disconnected} +${plural(node.connected, 'block')}`;
  const back = `${plural(node.returned, 'tx')} back in mempool`;
  const tip = `tip ${showId(node.tip)} at ${node.height}`;
  const took = `(${showSpan(node.elapsedMs)})`;
  return `node ${node.node} reorganised: ${blocks}, ${back}, ${tip}   ${took}`;
}
