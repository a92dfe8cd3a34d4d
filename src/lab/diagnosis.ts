/**
 * Owns: what is wrong with nodes that should agree, and the command that fixes it; pure.
 * Does not own: asking the nodes (examination) or printing (cli doctor).
 */
import type { StatusJson } from '../api/schemas/results.ts';

/** The id of a node of the local network, or the URL of another. */
export type NodeName = number | string;

/** How a node's chain relates to that of the node with most work. */
export type Parting =
  /** It has the same blocks, but fewer. */
  | { readonly kind: 'behind'; readonly of: NodeName; readonly blocks: number }
  /** `height` is the first at which the two have different blocks. */
  | { readonly kind: 'fork'; readonly of: NodeName; readonly height: number };

export interface ExaminedNode {
  readonly name: NodeName;
  readonly rpc: string;
  /** `silent`: it should answer and does not. */
  readonly state: 'running' | 'stopped' | 'silent';
  readonly status: StatusJson | undefined;
  /** Where its peers are connected from or to, `ip:port`. */
  readonly peers: readonly string[];
  /** How far its clock is ahead of this computer's. */
  readonly clockAheadMs: number;
  readonly parting: Parting | undefined;
}

export interface Examination {
  /** The local network; undefined when only other nodes are looked at. */
  readonly network: string | undefined;
  /** The id that all nodes should have. */
  readonly networkId: string | undefined;
  readonly genesisFile: string | undefined;
  readonly split: readonly (readonly number[])[] | undefined;
  /** Whether the process that mines and serves the page runs. */
  readonly hasLab: boolean;
  /** Of the program that asks. */
  readonly version: string;
  readonly nodes: readonly ExaminedNode[];
}

export interface Finding {
  readonly code: FindingCode;
  /** None: it concerns the whole network. */
  readonly nodes: readonly NodeName[];
  readonly message: string;
  /** The command that fixes it. */
  readonly fix: string;
}

type FindingCode =
  | 'network-stopped'
  | 'lab-stopped'
  | 'network-split'
  | 'node-stopped'
  | 'node-unreachable'
  | 'genesis-differs'
  | 'version-differs'
  | 'clock-skewed'
  | 'graph-disconnected'
  | 'chain-behind'
  | 'chain-parted';

/** Asking takes time, and nodes tell whole seconds. */
const CLOCK_SKEW_MS_MAX = 5000;

/** Everything that is wrong, causes before what they lead to. */
export function diagnose(examination: Examination): readonly Finding[] {
  const { network, nodes, hasLab, split } = examination;
  const flag = network === undefined || network === 'default' ? '' : ` -p ${network}`;
  const isDown =
    network !== undefined && !hasLab && nodes.every(({ state }) => state === 'stopped');
  if (isDown) {
    const message = `network "${network}" is not running`;
    return [{ code: 'network-stopped', nodes: [], message, fix: `cairn up${flag}` }];
  }
  const findings: Finding[] = [];
  if (network !== undefined && !hasLab) {
    const message = 'the lab process has ended: no automatic mining and no page';
    findings.push({ code: 'lab-stopped', nodes: [], message, fix: `cairn up -d${flag}` });
  }
  if (split !== undefined) {
    const sides = split.map((side) => side.join(',')).join(' | ');
    const message = `the network is split: ${sides}; it stays so over restarts`;
    findings.push({ code: 'network-split', nodes: [], message, fix: `cairn heal${flag}` });
  }
  findings.push(...nodes.flatMap((node) => judgeNode(node, examination, flag)));
  const alike = nodes.filter(({ status }) => isOfNetwork(status, examination));
  if (split === undefined) findings.push(...judgeGraph(alike, flag));
  findings.push(...alike.flatMap((node) => judgeChain(node, examination, flag)));
  return findings;
}

/** How a node is called in a sentence. */
export function showNodeName(name: NodeName): string {
  return typeof name === 'number' ? `node ${name}` : name;
}

function isOfNetwork(status: StatusJson | undefined, { networkId }: Examination): boolean {
  return status !== undefined && (networkId === undefined || status.networkId === networkId);
}

function judgeNode(node: ExaminedNode, examination: Examination, flag: string): readonly Finding[] {
  const { name, state, status, rpc } = node;
  const nodes = [name];
  const called = showNodeName(name);
  const again = typeof name === 'number' ? restartOf(node, flag) : 'cairn node start';
  if (state === 'stopped') {
    const fix = `cairn start ${name}${flag}`;
    return [{ code: 'node-stopped', nodes, message: `${called} is stopped`, fix }];
  }
  if (status === undefined) {
    const message = `${called} does not answer at ${rpc}`;
    return [{ code: 'node-unreachable', nodes, message, fix: again }];
  }
  const findings: Finding[] = [];
  if (!isOfNetwork(status, examination)) {
    const { networkId = '', genesisFile } = examination;
    const ids = `${status.networkId.slice(0, 8)}, not ${networkId.slice(0, 8)}`;
    const message = `${called} is on another network: its genesis is ${ids}`;
    const file = genesisFile === undefined ? 'FILE' : genesisFile;
    const fix = `cairn node start --datadir NEW --genesis ${file}`;
    findings.push({ code: 'genesis-differs', nodes, message, fix });
  }
  if (status.version !== examination.version) {
    const message = `${called} runs version ${status.version}, this is ${examination.version}`;
    findings.push({ code: 'version-differs', nodes, message, fix: restartOf(node, flag) });
  }
  if (Math.abs(node.clockAheadMs) > CLOCK_SKEW_MS_MAX) {
    const seconds = Math.round(Math.abs(node.clockAheadMs) / 1000);
    const side = node.clockAheadMs > 0 ? 'ahead of' : 'behind';
    const message = `the clock of ${called} is ${seconds} s ${side} this computer's`;
    findings.push({ code: 'clock-skewed', nodes, message, fix: 'timedatectl set-ntp true' });
  }
  return findings;
}

function restartOf({ name }: ExaminedNode, flag: string): string {
  return typeof name === 'number'
    ? `cairn restart ${name}${flag}`
    : `cairn node stop --node ${name}, then cairn node start`;
}

/** Nodes that no path of connections joins to the first. */
function judgeGraph(nodes: readonly ExaminedNode[], flag: string): readonly Finding[] {
  const groups = connectedGroups(nodes);
  if (groups.length < 2) return [];
  const sides = groups.map((group) => group.map(({ name }) => showNodeName(name)).join(', '));
  const message = `no connection joins ${sides.join(' and ')}`;
  const outsider = nodes.find(({ name }) => typeof name === 'string');
  const other = nodes.find((node) => node !== outsider && node.status?.p2p);
  const fix =
    outsider === undefined || !groups.some((group) => group.length === 1 && group[0] === outsider)
      ? `cairn heal${flag}`
      : `cairn peers add ${other?.status?.p2p ?? 'URL'} --node ${outsider.name}`;
  const apart = groups.slice(1).flat();
  return [{ code: 'graph-disconnected', nodes: apart.map(({ name }) => name), message, fix }];
}

function connectedGroups(nodes: readonly ExaminedNode[]): readonly (readonly ExaminedNode[])[] {
  const groups: ExaminedNode[][] = [];
  for (const node of nodes) {
    const joined = groups.filter((group) => group.some((other) => areLinked(node, other)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), node]);
  }
  // The first node's group is where the others are missed.
  return groups.sort((a, b) => nodes.indexOf(a[0]!) - nodes.indexOf(b[0]!));
}

function areLinked(one: ExaminedNode, other: ExaminedNode): boolean {
  const hasPeer = (node: ExaminedNode, peer: ExaminedNode): boolean =>
    node.peers.some((address) => `ws://${address}` === peer.status?.p2p);
  return hasPeer(one, other) || hasPeer(other, one);
}

function judgeChain(node: ExaminedNode, { split }: Examination, flag: string): readonly Finding[] {
  const { name, parting, status } = node;
  if (parting === undefined) return [];
  const nodes = [name];
  const [called, of] = [showNodeName(name), showNodeName(parting.of)];
  const repair = split === undefined ? restartOf(node, flag) : `cairn heal${flag}`;
  if (parting.kind === 'behind') {
    const isSyncing = status?.syncing !== null && split === undefined;
    const message = `${called} is ${parting.blocks} behind ${of}${isSyncing ? ', syncing' : ''}`;
    const fix = isSyncing ? `cairn watch tip --node ${name}${flag}` : repair;
    return [{ code: 'chain-behind', nodes, message, fix }];
  }
  const message = `${called} and ${of} have different blocks from height ${parting.height} on`;
  return [{ code: 'chain-parted', nodes, message, fix: repair }];
}
