/** Owns: `cairn peers`. Does not own: the answer (the node). */
import type { Command } from '../command.ts';
import { showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const peers: Command = {
  options: {},

  async run(context) {
    const { client, label } = resolveTarget(context);
    const data = await client.call('peers.list', {});
    context.output.answer(data, () => {
      if (data.peers.length === 0) return [`${label} has no peers`];
      const rows = data.peers.map((peer) => [
        ...[String(peer.id), peer.address, peer.direction, String(peer.height)],
        ...[peer.latencyMs?.toFixed(1) ?? '?', String(peer.bytesIn), String(peer.bytesOut)],
        peer.agent,
      ]);
      return showTable([
        ['ID', 'ADDRESS', 'DIRECTION', 'HEIGHT', 'MS', 'BYTES IN', 'BYTES OUT', 'AGENT'],
        ...rows,
      ]);
    });
    return undefined;
  },
};
