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
      const missing = data.missing.map(
        ({ address, reason }) => `  ${address} is not connected: ${explain(reason)}`,
      );
      if (data.peers.length === 0) return [`${label} has no peers`, ...missing];
      const rows = data.peers.map((peer) => [
        ...[String(peer.id), peer.address, peer.direction, String(peer.height)],
        ...[peer.latencyMs?.toFixed(1) ?? '?', String(peer.bytesIn), String(peer.bytesOut)],
        peer.agent,
      ]);
      const table = showTable([
        ['ID', 'ADDRESS', 'DIRECTION', 'HEIGHT', 'MS', 'BYTES IN', 'BYTES OUT', 'AGENT'],
        ...rows,
      ]);
      return [...table, ...missing];
    });
    return undefined;
  },
};

const REASONS: Readonly<Record<string, string>> = {
  unreachable: 'nobody answers there',
  'handshake-network-differs': 'it is of another network (another genesis)',
  'handshake-self': 'it is this node itself',
  cut: 'the link is cut (cairn heal)',
};

function explain(reason: string): string {
  const words = REASONS[reason];
  return words === undefined ? reason : `${words}   ${reason}`;
}
