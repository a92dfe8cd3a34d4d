/**
 * Owns: `cairn node start`: one real node in this process, its signals, its log.
 * Does not own: putting the node together (api/node-process, which only this command may load).
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LINK_DELAY_MS_MAX } from '../../src/api/schemas/fields.ts';
import type { LogLine } from '../../src/api/event-log.ts';
import type { MiningRequest, NodeProcess } from '../../src/api/node-process.ts';
import { startNodeProcess } from '../../src/api/node-process.ts';
import { DEV_NETWORK } from '../../src/client/dev-accounts.ts';
import { isLoopback } from '../../src/core/net/endpoint.ts';
import { Log } from '../../src/io/log.ts';
import { toStoreError } from '../../src/io/store/level-errors.ts';
import type { ListenerTls } from '../../src/io/transport/peer-tls.ts';
import { readListenerTls } from '../../src/io/transport/peer-tls.ts';
import { packageRoot, packageVersion } from '../../src/lab/home.ts';
import { registerNode } from '../../src/lab/single-nodes.ts';
import { watchOwner } from '../../src/lab/owner.ts';
import { LOOPBACK, PORT_BASE_DEFAULT, peerPort, rpcPort } from '../../src/lab/ports.ts';
import type { Names } from '../accounts.ts';
import { resolveAccount } from '../accounts.ts';
import type { Command, Context } from '../command.ts';
import type { ExitCode } from '../errors.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { namingData } from '../data-folder.ts';
import { parseCount, parseMiningPlan, parseShare } from '../values.ts';

interface NodeStartArguments {
  readonly datadir?: string;
  readonly rpcPort?: string;
  readonly p2pPort?: string;
  readonly listen?: string;
  readonly peer?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly mine?: string;
  readonly to?: string;
  readonly cpu?: string;
  readonly genesis?: string;
  readonly lab?: boolean;
  readonly cut?: readonly string[];
  readonly slow?: readonly string[];
  readonly owner?: string;
}

interface GenesisNames {
  readonly name?: string;
  readonly prefix?: string;
}

const PORT_RANGE = { min: 0, max: 65_535 } as const;
const PID_RANGE = { min: 1, max: 2 ** 31 - 1 } as const;
const DEV_MINER = 'erin';
const RPC_PORT_DEFAULT = String(rpcPort(PORT_BASE_DEFAULT, 1));
const P2P_PORT_DEFAULT = String(peerPort(PORT_BASE_DEFAULT, 1));

export const nodeStart: Command<NodeStartArguments> = {
  options: {
    datadir: { kind: 'text', value: 'PATH', summary: 'its data (node in the data folder)' },
    'rpc-port': { kind: 'text', value: 'PORT', summary: `RPC and page (${RPC_PORT_DEFAULT})` },
    'p2p-port': { kind: 'text', value: 'PORT', summary: `peers (${P2P_PORT_DEFAULT})` },
    listen: { kind: 'text', value: 'ADDRESS', summary: 'open peers only, beyond this computer' },
    peer: {
      kind: 'list',
      value: 'URL',
      summary: 'stay connected: ws://ip:port, wss://ip:port#FINGERPRINT; repeatable',
    },
    'tls-cert': { kind: 'text', value: 'FILE', summary: 'peers connect by TLS; with --tls-key' },
    'tls-key': { kind: 'text', value: 'FILE', summary: 'the key of that certificate' },
    mine: { kind: 'text', value: 'PLAN', summary: '5s, on-tx or continuous' },
    to: {
      kind: 'text',
      value: 'ADDRESS',
      summary: 'who is paid: an address or wallet (dev: erin)',
    },
    cpu: { kind: 'text', value: 'SHARE', summary: 'of the processor, for mining (100%)' },
    genesis: { kind: 'text', value: 'FILE', summary: 'the network (dev)' },
    lab: { kind: 'flag', summary: 'fault controls', hidden: true },
    cut: { kind: 'list', summary: 'refused endpoints', hidden: true },
    slow: { kind: 'list', summary: 'slow endpoints', hidden: true },
    owner: { kind: 'text', summary: 'the process to end with', hidden: true },
  },

  async run(context, args) {
    const ip = args.listen ?? LOOPBACK;
    const genesisFile = args.genesis ?? join(packageRoot(), 'genesis.json');
    const network = readNetworkFacts(genesisFile);
    const isDev = network.network === DEV_NETWORK;
    const names = { home: context.home, network };
    if (!isLoopback(ip)) warnOpen(context, ip, isDev);
    const datadir = args.datadir ?? join(context.home, 'node');
    const log = openLog(datadir);
    const flags = `--datadir ${resolve(datadir)}`;
    const starting = startNodeProcess({
      ...{ datadir, genesisFile },
      rpcPort: parseCount('--rpc-port', args.rpcPort ?? RPC_PORT_DEFAULT, PORT_RANGE),
      listen: { ip, port: parseCount('--p2p-port', args.p2pPort ?? P2P_PORT_DEFAULT, PORT_RANGE) },
      tls: readTls(args),
      ...{ peers: args.peer ?? [], cut: args.cut ?? [], delays: readDelays(args.slow) },
      ...(args.cpu !== undefined && { cpuShare: parseShare('--cpu', args.cpu) }),
      mine: args.mine === undefined ? undefined : readMining(args.mine, args.to, names),
      ...{ lab: args.lab === true, version: packageVersion() },
      log: (line) => writeLine(log, line),
    });
    const node = await namingData(flags, starting);
    const unregister =
      args.lab === true ? undefined : registerNode(context.home, { rpc: node.rpcUrl, datadir });
    if (args.owner !== undefined) {
      watchOwner(parseCount('--owner', args.owner, PID_RANGE), () => void node.stop());
    }
    tell(context, node, datadir);
    try {
      return await namingData(flags, untilEnded(node));
    } finally {
      unregister?.();
      log.close();
    }
  },
};

function openLog(datadir: string): Log {
  const path = `${datadir}.log`;
  try {
    return new Log({ path });
  } catch (error) {
    throw toStoreError(error, dirname(path));
  }
}

/** Ends the node in order at a signal; a failure of the node is this command's failure. */
async function untilEnded(node: NodeProcess): Promise<ExitCode | undefined> {
  let exit: ExitCode | undefined;
  process.on('SIGINT', () => {
    exit = EXIT.interrupted;
    void node.stop();
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void node.stop());
  const failure = await node.ended;
  if (failure !== undefined) throw failure;
  return exit;
}

/** The file has every line; a terminal sees the same in words. */
function writeLine(log: Log, { level, message, facts }: LogLine): void {
  log.write(level, message, facts);
  if (!process.stdout.isTTY || level === 'debug') return;
  const shown = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${showFact(value)}`],
  );
  process.stdout.write(
    `${new Date().toISOString().slice(11, 19)}  ${message}  ${shown.join(' ')}\n`,
  );
}

function showFact(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readMining(text: string, to: string | undefined, names: Names): MiningRequest | undefined {
  const plan = parseMiningPlan('--mine', text);
  if (plan.mode === 'off') return undefined;
  const account = to ?? (names.network.network === DEV_NETWORK ? DEV_MINER : undefined);
  if (account === undefined) throw usageError('say who is paid for the blocks', '--to ADDRESS');
  const { address } = resolveAccount(account, names);
  return plan.mode === 'interval'
    ? { mode: plan.mode, to: address, intervalMs: plan.seconds * 1000 }
    : { mode: plan.mode, to: address };
}

/** `ip:port=milliseconds`, as the lab gives them. */
function readDelays(
  texts: readonly string[] = [],
): readonly { readonly endpoint: string; readonly delayMs: number }[] {
  return texts.map((text) => {
    const [endpoint = '', delay = ''] = text.split('=');
    return { endpoint, delayMs: parseCount('--slow', delay, { min: 1, max: LINK_DELAY_MS_MAX }) };
  });
}

function readTls({ tlsCert, tlsKey }: NodeStartArguments): ListenerTls | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined) return readListenerTls(tlsCert, tlsKey);
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  throw usageError('a certificate and its key belong together', '--tls-cert FILE --tls-key FILE');
}

/** The node itself checks the file; here only what names need is read, if it is there. */
function readNetworkFacts(path: string): Names['network'] {
  try {
    const { name = '', prefix = '' } = JSON.parse(readFileSync(path, 'utf8')) as GenesisNames;
    return { network: name, prefix };
  } catch (cause) {
    throw new CliError(`${path} cannot be read as a genesis file`, {
      ...{ code: 'genesis-malformed', exit: EXIT.failed, cause },
      hint: '--genesis FILE',
    });
  }
}

function warnOpen(context: Context, ip: string, isDev: boolean): void {
  if (isDev) {
    throw usageError(
      'everybody knows the keys of the dev network: it does not listen beyond this computer',
      '--genesis FILE, a network of your own',
    );
  }
  context.output.note(
    `warning: peers from anywhere may connect to ${ip}; RPC stays on ${LOOPBACK}`,
  );
}

function tell(context: Context, node: NodeProcess, datadir: string): void {
  const { rpcUrl, p2pUrl = null, network } = node;
  const name = network.params.name;
  const data = { rpc: rpcUrl, p2p: p2pUrl, network: name, networkId: network.id, datadir };
  context.output.answer({ ...data, pid: process.pid }, () => [
    `cairn ${packageVersion()}   network ${name} (${network.id.slice(0, 4)}…)   data ${datadir}`,
    `RPC and page  ${rpcUrl}/   peers  ${p2pUrl ?? 'none accepted'}`,
  ]);
  context.output.next(`cairn chain --node ${rpcUrl}`, 'Ctrl-C stops');
}
