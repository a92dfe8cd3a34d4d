/**
 * Owns: putting one real node together: folder, store, core, runtime, peers, miner, HTTP; and its
 * end.
 * Does not own: any of them, signals, or printing (cli node start).
 */
import { bytesToHex } from '../core/base/bytes.ts';
import { createRandom } from '../core/base/random.ts';
import { decodeAddress } from '../core/codec/address.ts';
import type { Endpoint } from '../core/net/endpoint.ts';
import { endpointToText } from '../core/net/endpoint.ts';
import { Node } from '../core/node/node.ts';
import type { NodeEvent } from '../core/node/ports.ts';
import type { Network } from '../core/rules/network.ts';
import { readClock } from '../io/clock.ts';
import { bootStore, createDataFolder, openStore } from '../io/data-folder.ts';
import { OperationalError } from '../io/errors.ts';
import { keepGenesis, readNetwork } from '../io/genesis-copy.ts';
import { growHeapSlowly } from '../io/heap.ts';
import { installNativeHash } from '../io/install-hash.ts';
import type { LogFields } from '../io/log.ts';
import { Miner } from '../io/mine/miner.ts';
import { MiningController } from '../io/mining-controller.ts';
import type { MiningPlan } from '../io/mining-controller.ts';
import { isRebuilding, rebuildStore } from '../io/rebuild.ts';
import { Runtime } from '../io/runtime.ts';
import { drawRandomBytes, drawSeed } from '../io/seed.ts';
import type { LevelStore } from '../io/store/level-store.ts';
import type { ListenerTls } from '../io/transport/peer-tls.ts';
import { WsTransport } from '../io/transport/ws-transport.ts';
import { VerifierPool } from '../io/verify/verifier-pool.ts';
import { createCookie } from './cookie.ts';
import type { LogSink } from './event-log.ts';
import { eventToLogLine } from './event-log.ts';
import { EventStream } from './event-stream.ts';
import { serveNode } from './http.ts';
import { Metrics } from './metrics.ts';
import type { NodeAbout } from './node-access.ts';
import type { PeerUrl } from './peer-url.ts';
import { parseEndpoint, parsePeerUrl, peerUrl } from './peer-url.ts';
import { createRuntimeAccess } from './runtime-access.ts';

const WRONG_USAGE = 2;
const EPOCH_SIZE = 8;

export interface NodeProcessOptions {
  /** Created when it is not there; holds the store and the cookie. */
  readonly datadir: string;
  readonly genesisFile: string;
  /** On loopback; 0 takes a free one. */
  readonly rpcPort: number;
  /** Where peers connect (a fixed port: peers are told); undefined accepts none. */
  readonly listen: Endpoint | undefined;
  /** What is shown to peers that connect; undefined: they connect without TLS. */
  readonly tls?: ListenerTls | undefined;
  /** `ws://ip:port` or `wss://ip:port#FINGERPRINT` of peers to stay connected with. */
  readonly peers: readonly string[];
  /** `ip:port` of listening endpoints that are refused from the start (lab). */
  readonly cut: readonly string[];
  /** Slow links from the start (lab). */
  readonly delays?: readonly { readonly endpoint: string; readonly delayMs: number }[];
  /** What is mined from the start, paid to an address in text form. */
  readonly mine?: MiningRequest | undefined;
  /** The share of each mining thread's core that may be used, above 0 up to 1; all unless said. */
  readonly cpuShare?: number;
  /** Whether fault controls exist. */
  readonly lab: boolean;
  readonly version: string;
  readonly log: LogSink;
}

export interface MiningRequest {
  readonly mode: 'on-tx' | 'continuous' | 'interval';
  readonly to: string;
  readonly intervalMs?: number | undefined;
}

export interface NodeProcess {
  readonly network: Network;
  readonly rpcUrl: string;
  readonly p2pUrl: string | undefined;
  /** Resolves when the node has ended: stopped, or by the failure that it could not go on with. */
  readonly ended: Promise<OperationalError | undefined>;
  /** Ends the node in order; resolves when all is closed. */
  stop(): Promise<void>;
}

/**
 * Starts a node and answers once it serves. Throws `OperationalError`: what the options, the
 * genesis
 * file (codes of docs/protocol.md section 10.6), the store and the ports have to say.
 */
export async function startNodeProcess(options: NodeProcessOptions): Promise<NodeProcess> {
  const opened = new OpenedParts();
  try {
    return await startParts(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function startParts(options: NodeProcessOptions, opened: OpenedParts): Promise<NodeProcess> {
  const { datadir, log } = options;
  const network = readNetwork(options.genesisFile);
  const plan = options.mine === undefined ? undefined : readPlan(options.mine, network);
  let failure: OperationalError | undefined;
  const onFatal = (error: OperationalError): void => {
    failure = error;
    log({ level: 'error', message: 'node-failed', facts: describeError(error) });
    void opened.close();
  };
  const metrics = new Metrics();
  const epoch = bytesToHex(drawRandomBytes(EPOCH_SIZE));
  const events = new EventStream({ epoch, nowMs: () => readClock().wallMs });
  const onEvent = (event: NodeEvent): void => {
    log(eventToLogLine(event));
    metrics.count(event);
    events.add(event);
  };
  const started = await startRuntime({ options, network, opened, onFatal, onEvent });
  const { runtime, transport } = started;
  const miner = new MiningController({
    runtime,
    miner: new Miner({ share: options.cpuShare ?? 1 }),
    onError: (error) =>
      log({ level: 'error', message: 'mining-failed', facts: describeError(error) }),
  });
  const p2pUrl = transport.endpoint && peerUrl(transport.endpoint, options.tls);
  const about = aboutNode(options, p2pUrl);
  const stop = (): void => void setImmediate(() => void opened.close());
  const node = createRuntimeAccess({ ...started, events, network, about, miner, stop });
  const cookie = createCookie(datadir);
  opened.add(() => cookie.remove());
  const onCrash = (what: string, error: unknown): void =>
    log({ level: 'error', message: 'api-failed', facts: { what, error: String(error) } });
  const http = await serveNode({ node, cookie, metrics, port: options.rpcPort, onCrash });
  opened.add(() => http.close());
  // Ends before HTTP does: who waits for blocks is answered with those that were found.
  opened.add(() => miner.stop());
  if (plan !== undefined) miner.setPlan(plan);
  return {
    network,
    rpcUrl: http.url,
    p2pUrl,
    ended: opened.closed.then(() => failure),
    stop: () => opened.close(),
  };
}

/** From the folder to the running state machine with its peers. */
async function startRuntime(parts: {
  readonly options: NodeProcessOptions;
  readonly network: Network;
  readonly opened: OpenedParts;
  readonly onFatal: (error: OperationalError) => void;
  readonly onEvent: (event: NodeEvent) => void;
}): Promise<{
  readonly runtime: Runtime<Node>;
  readonly store: LevelStore;
  readonly transport: WsTransport;
  readonly verifier: VerifierPool;
}> {
  const { options, network, opened, onFatal, onEvent } = parts;
  const { datadir, listen } = options;
  const peers = options.peers.map((url) => requirePlace(parsePeerUrl(url), url));
  const cut = options.cut.map((text) => requirePlace(parseEndpoint(text), text));
  growHeapSlowly();
  installNativeHash();
  createDataFolder(datadir);
  if (isRebuilding(datadir)) await finishRebuild(options, network);
  const store = await openStore(datadir, network);
  opened.add(() => store.close());
  keepGenesis(datadir, options.genesisFile);
  const node = new Node({
    ...(await bootStore(store, network, { repair: true })),
    random: createRandom(drawSeed()),
    agent: agentOf(options),
    listenPort: listen?.port ?? 0,
    now: readClock(),
  });
  const verifier = await VerifierPool.create({ networkId: network.id });
  opened.add(() => verifier.close());
  const transport = new WsTransport({
    ...(listen !== undefined && { listen }),
    tls: options.tls,
    onUnproven: (endpoint, reason) =>
      options.log({
        level: 'warn',
        message: 'peer-unproven',
        facts: { endpoint: endpointToText(endpoint), reason },
      }),
  });
  transport.setDelays(new Map(options.delays?.map(({ endpoint, delayMs }) => [endpoint, delayMs])));
  const runtime = new Runtime({ node, store, transport, verifier, onFatal });
  runtime.subscribe(onEvent);
  runtime.command({ kind: 'set-cut', endpoints: cut });
  for (const { endpoint, tls } of peers) {
    transport.setPeerTls(endpoint, tls);
    runtime.command({ kind: 'add-peer', endpoint });
  }
  await runtime.start();
  opened.add(() => runtime.stop());
  return { runtime, store, transport, verifier };
}

/** A rebuild that was cut off is a command that was given: it is carried out. */
async function finishRebuild(
  { datadir, log }: NodeProcessOptions,
  network: Network,
): Promise<void> {
  log({ level: 'info', message: 'rebuild-resumed', facts: { datadir } });
  const { tip, blocks } = await rebuildStore({ datadir, network, onProgress: () => undefined });
  log({ level: 'info', message: 'rebuild-ended', facts: { height: tip.height, blocks } });
}

function describeError({ code, message }: OperationalError): LogFields {
  return { code, reason: message };
}

function agentOf({ version }: NodeProcessOptions): string {
  return `cairn/${version}`;
}

function aboutNode(options: NodeProcessOptions, p2pUrl: string | undefined): NodeAbout {
  const { version, datadir, lab } = options;
  const startedAtMs = readClock().wallMs;
  return { version, agent: agentOf(options), pid: process.pid, datadir, startedAtMs, p2pUrl, lab };
}

function readPlan({ mode, to, intervalMs = 0 }: MiningRequest, network: Network): MiningPlan {
  const address = decodeAddress(to, network.params.prefix);
  if (!address.ok) {
    const message = `"${to}" is no address of the network ${network.params.name}`;
    throw new OperationalError({ code: address.code, message, exitCode: WRONG_USAGE });
  }
  const payTo = address.value;
  return mode === 'interval' ? { mode, payTo, intervalMs } : { mode, payTo };
}

function requirePlace<T extends Endpoint | PeerUrl>(endpoint: T | undefined, text: string): T {
  if (endpoint !== undefined) return endpoint;
  throw new OperationalError({
    code: 'peer-address-malformed',
    message: `"${text}" does not say where a peer listens`,
    hint: 'write an ip and a port, as in ws://127.0.0.1:7501',
    exitCode: WRONG_USAGE,
  });
}

/** What is open, to be closed once and in reverse order, whoever asks first. */
class OpenedParts {
  readonly closed: Promise<void>;
  readonly #closers: (() => unknown)[] = [];
  #setClosed: () => void = () => undefined;
  #closing = false;

  constructor() {
    this.closed = new Promise((resolve) => (this.#setClosed = resolve));
  }

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Resolves when all is closed. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      void this.#closeAll().finally(this.#setClosed);
    }
    return this.closed;
  }

  async #closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close();
    }
  }
}
