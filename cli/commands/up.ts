/**
 * Owns: `cairn up`: its options, its first picture, and living on in the foreground.
 * Does not own: starting processes (lab).
 */
import type { StatusJson } from '../../src/api/schemas/results.ts';
import { DEV_ACCOUNTS, findDevAccount } from '../../src/client/dev-accounts.ts';
import { required } from '../../src/core/base/assert.ts';
import { labError } from '../../src/lab/errors.ts';
import { packageVersion } from '../../src/lab/home.ts';
import { startLab } from '../../src/lab/lab-process.ts';
import type { UpResult } from '../../src/lab/network.ts';
import { downNetwork, upNetwork } from '../../src/lab/network.ts';
import { runningNodes } from '../../src/lab/network-view.ts';
import { NODES_MAX } from '../../src/lab/ports.ts';
import type { NetworkRecord } from '../../src/lab/registry.ts';
import { labUrl, networkFolder, nodePlace } from '../../src/lab/registry.ts';
import type { Topology } from '../../src/lab/topology.ts';
import { TOPOLOGIES } from '../../src/lab/topology.ts';
import type { Command, Context } from '../command.ts';
import type { ExitCode } from '../errors.ts';
import { EXIT, usageError } from '../errors.ts';
import { showAddress, showCoins, showTable } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { suggest } from '../suggestions.ts';
import { parseCount, parseMiningPlan, parseShare, showMiningPlan } from '../values.ts';

interface UpArguments {
  readonly nodes?: string;
  readonly topology?: string;
  readonly mine?: string;
  readonly portBase?: string;
  readonly cpu?: string;
  readonly fresh?: boolean;
  readonly detach?: boolean;
}

/** The lab serves on B, so that node i and its peers fit above it. */
const PORT_BASE_RANGE = { min: 1024, max: 65_000 } as const;
const ACCOUNTS_SHOWN = 2;

export const up: Command<UpArguments> = {
  options: {
    nodes: { kind: 'text', value: 'N', summary: 'how many nodes (3)' },
    topology: { kind: 'text', value: 'SHAPE', summary: 'mesh (default), line, ring or star' },
    mine: { kind: 'text', value: 'PLAN', summary: '5s (default), on-tx, continuous or off' },
    cpu: { kind: 'text', value: 'SHARE', summary: 'of the processor, for mining (100%)' },
    'port-base': { kind: 'text', value: 'B', summary: 'page on B (7400), node i on B+i' },
    fresh: { kind: 'flag', summary: 'forget the old state first' },
    detach: { kind: 'flag', alias: 'd', summary: 'leave it running and return' },
  },

  async run(context, args) {
    const { home, network: name, output } = context;
    const foreground = args.detach !== true;
    const ended = foreground ? untilSignal(context) : undefined;
    const result = await output.during(
      () => 'starting nodes',
      upNetwork({ home, name, foreground, fresh: args.fresh === true, ...readOptions(args) }),
    );
    if (result.kind === 'running') return tellRunning(context, result);
    if (ended === undefined) {
      await tell(context, result);
      output.next(...nextCommands(result.record), 'cairn down');
      return undefined;
    }
    return stay(context, result, ended);
  },
};

function readOptions(args: UpArguments): {
  readonly nodes: number | undefined;
  readonly topology: Topology | undefined;
  readonly mining: NetworkRecord['mining'] | undefined;
  readonly portBase: number | undefined;
  readonly cpuPercent: number | undefined;
} {
  const { nodes, topology, mine, portBase, cpu } = args;
  return {
    nodes:
      nodes === undefined ? undefined : parseCount('--nodes', nodes, { min: 1, max: NODES_MAX }),
    topology: topology === undefined ? undefined : parseTopology(topology),
    mining: mine === undefined ? undefined : parseMiningPlan('--mine', mine),
    cpuPercent: cpu === undefined ? undefined : Math.round(100 * parseShare('--cpu', cpu)),
    portBase:
      portBase === undefined ? undefined : parseCount('--port-base', portBase, PORT_BASE_RANGE),
  };
}

function parseTopology(text: string): Topology {
  const found = TOPOLOGIES.find((topology) => topology === text);
  if (found !== undefined) return found;
  const meant = suggest(text, TOPOLOGIES) ?? 'mesh';
  throw usageError(`--topology is ${TOPOLOGIES.join(', ')}, not "${text}"`, `--topology ${meant}`);
}

/**
 * Serves and mines until a signal or until another command ends the network, then ends the nodes.
 */
async function stay(
  context: Context,
  result: UpResult,
  ended: Promise<ExitCode | undefined>,
): Promise<ExitCode | undefined> {
  const { home, network: name, output } = context;
  const to = required(findDevAccount('erin'), 'erin is a dev account').address;
  const lab = await startLab({ home, name, to, report: (text) => output.note(text) });
  await tell(context, result);
  output.next(...nextCommands(result.record), 'Ctrl-C stops');
  const exit = await ended;
  await lab.stop();
  await downNetwork({ home, name, wipe: false });
  return exit;
}

/** Resolves at the first signal to end; at a second one the nodes end with this process. */
function untilSignal({ output, network }: Context): Promise<ExitCode | undefined> {
  return new Promise((resolve) => {
    onInterrupt((signal) => {
      output.note(`stopping network "${network}"; once more Ctrl-C ends it at once`);
      resolve(signal === 'SIGINT' ? EXIT.interrupted : undefined);
    });
  });
}

async function tellRunning(context: Context, result: UpResult): Promise<undefined> {
  const { output, network } = context;
  output.note(`network "${network}" is running already: nothing changed`);
  await tell(context, result);
  output.next('cairn ps', 'cairn down');
  return undefined;
}

async function tell(context: Context, result: UpResult): Promise<void> {
  const { output, home } = context;
  const { record, busyPortBase } = result;
  const accounts = await readAccounts(home, record);
  const first = [...result.statuses.values()].find((status) => status !== undefined);
  if (first === undefined) {
    throw labError('network-stopped', `no node of network "${record.name}" answers`, {
      hint: 'cairn start 1',
    });
  }
  if (busyPortBase !== undefined) {
    output.note(`ports from ${busyPortBase} are taken: using those from ${record.portBase}`);
  }
  if (result.adopted.length > 0) {
    output.note(`took over running nodes: ${result.adopted.join(', ')}`);
  }
  if (!result.connected) output.note('not all links stand yet: cairn peers shows them');
  output.answer(toJson(home, result, first, accounts), () =>
    picture({ output, home, result, first, accounts }),
  );
}

type Balance = { readonly name: string; readonly address: string; readonly balance: string };

async function readAccounts(home: string, record: NetworkRecord): Promise<readonly Balance[]> {
  const [node] = runningNodes(home, record);
  if (node === undefined) return [];
  return Promise.all(
    DEV_ACCOUNTS.map(async ({ name, address }) => {
      const { balance } = await node.client.call('account.get', { address });
      return { name, address, balance };
    }),
  );
}

function toJson(
  home: string,
  result: UpResult,
  first: StatusJson,
  accounts: readonly Balance[],
): object {
  const { record, statuses } = result;
  return {
    network: record.name,
    networkId: first.networkId,
    explorer: `${labUrl(record)}/`,
    nodes: record.nodes.map(({ id, process }) => {
      const { rpc, p2p, datadir } = nodePlace(home, record, id);
      const status = statuses.get(id);
      const { height = null, peers = 0 } = status ?? {};
      return { id, rpc, p2p, height, peers, pid: process?.pid ?? null, datadir };
    }),
    accounts,
  };
}

function picture(facts: {
  readonly output: Context['output'];
  readonly home: string;
  readonly result: UpResult;
  readonly first: StatusJson;
  readonly accounts: readonly Balance[];
}): readonly string[] {
  const { output, home, result, first, accounts } = facts;
  const { record, statuses } = result;
  const rows = record.nodes.map(({ id }) => {
    const { rpc, p2p } = nodePlace(home, record, id);
    const status = statuses.get(id);
    const state =
      status === undefined ? ['stopped', ''] : [status.height, status.peers].map(String);
    return [String(id), rpc, p2p, ...state];
  });
  const shown = accounts
    .slice(0, ACCOUNTS_SHOWN)
    .map(({ name, address, balance }) => `${name}  ${showAddress(address)}  ${showCoins(balance)}`);
  const others = accounts.slice(ACCOUNTS_SHOWN).map(({ name }) => name);
  const network = `network ${first.network} (${first.networkId.slice(0, 4)}…)`;
  const head = `  ${output.style('bold', 'cairn')} ${packageVersion()}   ${network}`;
  return [
    `${head}   data ${networkFolder(home, record.name)}`,
    ...showTable([['NODE', 'WEB + RPC', 'PEERS', 'HEIGHT', 'PEERS'], ...rows]),
    '  ACCOUNTS (public test keys, worthless elsewhere)',
    `  ${shown.join('   ')}   … and ${others.join(', ')}`,
    `  Explorer  ${labUrl(record)}/   mining: ${miningState(record)}`,
  ];
}

function miningState(record: NetworkRecord): string {
  const plan = showMiningPlan(record.mining);
  return record.split === null ? plan : `${plan}, paused while the network is split`;
}

function nextCommands(record: NetworkRecord): readonly string[] {
  const sides = record.nodes.length > 2 ? ['cairn split 1 2,3'] : [];
  return ['cairn send bob 5 --from alice', 'cairn mine', ...sides];
}
