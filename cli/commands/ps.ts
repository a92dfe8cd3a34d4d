/** Owns: `cairn ps`. Does not own: the registry (lab). */
import { readStatuses, runningNodes } from '../../src/lab/network-view.ts';
import type { LinkDelayRecord, NetworkRecord } from '../../src/lab/registry.ts';
import {
  isNetworkRunning,
  labUrl,
  listNetworks,
  networkFolder,
  nodePlace,
} from '../../src/lab/registry.ts';
import type { Command } from '../command.ts';
import { showId, showTable } from '../format.ts';
import { showMiningPlan } from '../values.ts';

interface NodeRow {
  readonly id: number;
  readonly state: 'running' | 'stopped';
  readonly rpc: string;
  readonly p2p: string;
  readonly height: number | null;
  readonly tip: string | null;
  readonly peers: number;
  readonly pid: number | null;
}

interface NetworkRow {
  readonly name: string;
  /** Where its data lies. */
  readonly folder: string;
  readonly nodes: readonly NodeRow[];
  readonly explorer: string | null;
  readonly topology: string;
  readonly mining: string;
  readonly split: readonly (readonly number[])[] | null;
  readonly delays: readonly LinkDelayRecord[];
}

export const ps: Command<{ readonly all?: boolean }> = {
  options: { all: { kind: 'flag', alias: 'a', summary: 'stopped networks too' } },

  async run({ home, output }, { all = false }) {
    const shown = listNetworks(home).filter((record) => all || isNetworkRunning(record));
    const networks = await Promise.all(shown.map((record) => toRow(home, record)));
    output.answer({ networks }, () => networks.flatMap(showNetwork));
    if (networks.length === 0) {
      output.note('no local network is running');
      output.next('cairn up', 'cairn ps -a');
    }
    return undefined;
  },
};

async function toRow(home: string, record: NetworkRecord): Promise<NetworkRow> {
  const statuses = await readStatuses(runningNodes(home, record));
  const nodes = record.nodes.map(({ id, process }): NodeRow => {
    const { rpc, p2p } = nodePlace(home, record, id);
    const { height = null, tip = null, peers = 0 } = statuses.get(id) ?? {};
    const state = process === null ? 'stopped' : 'running';
    return { id, state, rpc, p2p, height, tip, peers, pid: process?.pid ?? null };
  });
  return {
    ...{ name: record.name, folder: networkFolder(home, record.name) },
    ...{ nodes, topology: record.topology },
    explorer: record.lab === null ? null : `${labUrl(record)}/`,
    mining: showMiningPlan(record.mining),
    split: record.split?.groups ?? null,
    delays: record.delays,
  };
}

function showNetwork(network: NetworkRow): readonly string[] {
  const split =
    network.split === null
      ? []
      : [`split ${network.split.map((group) => group.join(',')).join(' | ')}, mining paused`];
  const page = network.explorer ?? 'no lab process';
  const slow = network.delays.map(({ link, delayMs }) => `slow ${link.join('-')} by ${delayMs} ms`);
  const facts = [
    network.topology,
    network.mining,
    ...split,
    ...slow,
    page,
    `data ${network.folder}`,
  ];
  const rows = network.nodes.map(({ id, state, rpc, height, tip, peers, pid }) => [
    ...[String(id), state, rpc, height === null ? '' : String(height)],
    ...[tip === null ? '' : showId(tip), String(peers), pid === null ? '' : String(pid)],
  ]);
  return [
    `${network.name}   ${facts.join('   ')}`,
    ...showTable([['NODE', 'STATE', 'WEB + RPC', 'HEIGHT', 'TIP', 'PEERS', 'PID'], ...rows]),
  ];
}
