/**
 * Owns: a real node, started as a user starts it and seen from outside only: process, RPC, memory.
 * Does not own: what it is attacked with.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { until } from './until.ts';
import type { World } from './world.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const START_MS = 20_000;
const LOG_BYTES_MAX = 64 * 1024;

const running = new Set<NodeProcess>();
afterAll(() => Promise.all([...running].map((node) => node.kill())));

export interface NodeOptions {
  readonly world: World;
  readonly peers?: readonly NodeProcess[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a node answers instead of a result. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: {
    readonly code: string;
    readonly facts?: Readonly<Record<string, unknown>>;
  };
}

export interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: RpcError;
}

export interface Status {
  readonly height: number;
  readonly tip: string;
  readonly work: string;
  readonly accountsRoot: string;
  readonly networkId: string;
  readonly mempool: { readonly count: number; readonly bytes: number; readonly minimumFee: string };
  readonly peers: number;
  readonly reorganising: boolean;
  readonly syncing: { readonly height: number; readonly target: number } | null;
}

export interface AccountView {
  readonly balance: string;
  readonly nonce: number;
  readonly pending: { readonly balance: string; readonly nonce: number };
}

export interface TransactionView {
  readonly status: 'pending' | 'waiting' | 'confirmed' | 'replaced' | 'dropped' | 'unknown';
  readonly reason: string | null;
  readonly block: { readonly height: number; readonly id: string } | null;
}

export class NodeProcess {
  readonly #options: NodeOptions;
  readonly #ports: { readonly rpc: number; readonly p2p: number };
  readonly datadir: string;
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(options: NodeOptions, ports: { rpc: number; p2p: number }) {
    this.#options = options;
    this.#ports = ports;
    this.datadir = join(options.world.folder, `node-${ports.p2p}`);
  }

  /** A node with ports and a folder, not yet started. */
  static async create(options: NodeOptions): Promise<NodeProcess> {
    const [rpc, p2p] = await freePorts();
    return new NodeProcess(options, { rpc, p2p });
  }

  /** A node that answers. */
  static async start(options: NodeOptions): Promise<NodeProcess> {
    const node = await NodeProcess.create(options);
    await node.start();
    return node;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#ports.p2p}`;
  }

  get p2pPort(): number {
    return this.#ports.p2p;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.#ports.rpc}/rpc`;
  }

  get rpcPort(): number {
    return this.#ports.rpc;
  }

  /** The newest part of what the process printed. */
  get log(): string {
    return this.#log;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && !this.#child.killed;
  }

  get cookie(): string {
    return readFileSync(join(this.datadir, 'cookie'), 'utf8').trim();
  }

  /** Starts on its folder and ports, again after an end; returns when the node answers. */
  async start(): Promise<void> {
    const { world, peers = [], env } = this.#options;
    const args = [
      ...['node', 'start', '--genesis', world.genesisPath, '--datadir', this.datadir],
      ...['--rpc-port', `${this.#ports.rpc}`, '--p2p-port', `${this.#ports.p2p}`],
      ...peers.flatMap((peer) => ['--peer', peer.url]),
    ];
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, CAIRN_HOME: world.folder, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(this);
    const keep = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString('utf8')).slice(-LOG_BYTES_MAX);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until('the node to answer', () => this.#answers(), START_MS);
  }

  async #answers(): Promise<boolean> {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`the node ended at start: ${this.#log}`);
    }
    try {
      return (await fetch(`http://127.0.0.1:${this.#ports.rpc}/healthz`)).ok;
    } catch {
      return false;
    }
  }

  /** SIGKILL, as a crash would end it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    running.delete(this);
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  /** One JSON-RPC call, its answer as it is. */
  async ask(method: string, params: unknown = {}): Promise<RpcAnswer> {
    return (await (await this.post({ jsonrpc: '2.0', id: 1, method, params })).json()) as RpcAnswer;
  }

  /** A request body of any kind to the RPC address, with the cookie. */
  async post(body: unknown): Promise<Response> {
    return fetch(this.rpcUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.cookie}`,
        // A kept connection may have been closed while the attacker computed.
        connection: 'close',
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** The result of a call, or an error that carries the answer. */
  async call<T>(method: string, params: unknown = {}): Promise<T> {
    const { result, error } = await this.ask(method, params);
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as T;
  }

  /** The reject code of a call, undefined when it was accepted. */
  async refusal(method: string, params: unknown = {}): Promise<string | undefined> {
    const { error } = await this.ask(method, params);
    return error && (error.data?.code ?? `rpc ${error.code}`);
  }

  status(): Promise<Status> {
    return this.call('node.status');
  }

  account({ text }: { readonly text: string }): Promise<AccountView> {
    return this.call('account.get', { address: text });
  }

  transaction(id: string): Promise<TransactionView> {
    return this.call('tx.get', { id });
  }

  submit(transaction: Uint8Array): Promise<{ id: string; status: string; reason: string | null }> {
    return this.call('tx.submit', { raw: Buffer.from(transaction).toString('hex') });
  }

  submitRefusal(transaction: Uint8Array): Promise<string | undefined> {
    return this.refusal('tx.submit', { raw: Buffer.from(transaction).toString('hex') });
  }

  submitBlock({ bytes }: { readonly bytes: Uint8Array }): Promise<{ id: string; height: number }> {
    return this.call('mining.submit', { block: Buffer.from(bytes).toString('hex') });
  }

  /** The code of a block's refusal and the facts that come with it. */
  async submitBlockRefusal(bytes: Uint8Array): Promise<RpcError['data']> {
    const block = Buffer.from(bytes).toString('hex');
    const { error } = await this.ask('mining.submit', { block });
    return error && (error.data ?? { code: `rpc ${error.code}: ${error.message}` });
  }

  async mine(to: { readonly text: string }, count = 1): Promise<readonly string[]> {
    const { blocks } = await this.call<{ blocks: readonly { id: string }[] }>('mining.mine', {
      count,
      to: to.text,
    });
    return blocks.map(({ id }) => id);
  }

  async rawBlock(block: string | number): Promise<Buffer> {
    const { raw } = await this.call<{ raw: string }>('block.get', { block, raw: true });
    return Buffer.from(raw, 'hex');
  }

  /** Resident memory now, in bytes. */
  async rssBytes(): Promise<number> {
    const text = await readFile(`/proc/${this.#child!.pid!}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(text)![1]) * 1024;
  }

  async diskBytes(): Promise<number> {
    return folderBytes(this.datadir);
  }
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folderBytes(path);
    return (await stat(path).catch(() => ({ size: 0 }))).size;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  for (const server of servers) server.close();
  return ports as [number, number];
}
