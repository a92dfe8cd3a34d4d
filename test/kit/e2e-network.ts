/**
 * Owns: a local network of real nodes under test: starting it, calling its nodes, waiting until
 * they agree.
 * Does not own: the command line (kit/cairn) or payments (kit/e2e-payer).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MethodName, ParamsOf, ResultOf } from '../../src/api/schemas/methods.ts';
import type { StatusJson, SubmittedJson, TransactionJson } from '../../src/api/schemas/results.ts';
import type { Cairn } from './cairn.ts';
import { eventually } from './cairn.ts';
import type { SignedPayment } from './e2e-payer.ts';

/** Reached or failed; machines that run other things too are slow, not wrong. */
const TIMEOUT_MS = 60_000;
/** Of one JSON-RPC batch. */
const BATCH_MAX = 50;

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** One node as a program reaches it: plain JSON-RPC, with the cookie of its data folder. */
export class LiveNode {
  readonly id: number;
  readonly url: string;
  readonly datadir: string;

  constructor(place: { readonly id: number; readonly url: string; readonly datadir: string }) {
    this.id = place.id;
    this.url = place.url;
    this.datadir = place.datadir;
  }

  async call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    const [answer] = await this.callAll(method, [params]);
    return answer as ResultOf<M>;
  }

  /** Calls one method many times, in batches; answers in order. */
  async callAll<M extends MethodName>(
    method: M,
    params: readonly ParamsOf<M>[],
  ): Promise<readonly ResultOf<M>[]> {
    const results: ResultOf<M>[] = [];
    for (let from = 0; from < params.length; from += BATCH_MAX) {
      const part = params.slice(from, from + BATCH_MAX);
      const calls = part.map((of, id) => ({ jsonrpc: '2.0', id, method, params: of }));
      const answers = (await this.#post(calls)) as readonly Answer[];
      const ordered = [...answers].sort((a, b) => a.id - b.id);
      results.push(...ordered.map((answer) => toResult(method, answer) as ResultOf<M>));
    }
    return results;
  }

  status(): Promise<StatusJson> {
    return this.call('node.status', {});
  }

  /** What this node knows of transactions. */
  transactions(of: readonly { readonly id: string }[]): Promise<readonly TransactionJson[]> {
    return this.callAll(
      'tx.get',
      of.map(({ id }) => ({ id })),
    );
  }

  /** Submits payments; a refusal fails. */
  submit(payments: readonly SignedPayment[]): Promise<readonly SubmittedJson[]> {
    return this.callAll(
      'tx.submit',
      payments.map(({ raw }) => ({ raw })),
    );
  }

  async mine(count: number, to: string): Promise<readonly string[]> {
    const { blocks } = await this.call('mining.mine', { count, to });
    return blocks.map(({ id }) => id);
  }

  async #post(calls: readonly object[]): Promise<unknown> {
    // A node makes a new cookie at each start.
    const cookie = readFileSync(join(this.datadir, 'cookie'), 'utf8').trim();
    const response = await fetch(`${this.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${cookie}` },
      body: JSON.stringify(calls),
    });
    return response.json();
  }
}

function toResult(method: string, { result, error }: Answer): unknown {
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
}

export interface LiveNetwork {
  readonly networkId: string;
  /** By rising id. */
  readonly nodes: readonly LiveNode[];
}

interface Up {
  readonly networkId: string;
  readonly nodes: readonly {
    readonly id: number;
    readonly rpc: string;
    readonly datadir: string;
    readonly peers: number;
  }[];
}

/** Runs `cairn up -d` with these options. */
export async function startNetwork(
  cairn: Cairn,
  ...options: readonly string[]
): Promise<LiveNetwork> {
  const { networkId, nodes } = await cairn.json<Up>('up', '-d', ...options);
  return {
    networkId,
    nodes: nodes.map(({ id, rpc, datadir }) => new LiveNode({ id, url: rpc, datadir })),
  };
}

/** Waits until all nodes stand on one tip that is as wished; answers what each says. */
export async function untilAgreed(
  nodes: readonly LiveNode[],
  isWished: (status: StatusJson) => boolean = () => true,
): Promise<readonly StatusJson[]> {
  return eventually(
    () => Promise.all(nodes.map((node) => node.status())),
    (statuses) => new Set(statuses.map(({ tip }) => tip)).size === 1 && statuses.every(isWished),
    TIMEOUT_MS,
  );
}

export const isPending = ({ status }: TransactionJson): boolean => status === 'pending';
export const isConfirmed = ({ status }: TransactionJson): boolean => status === 'confirmed';

/** Waits until every one of the nodes says that all these transactions are as wished. */
export async function untilEachSays(
  nodes: readonly LiveNode[],
  of: readonly { readonly id: string }[],
  isWished: (transaction: TransactionJson) => boolean,
): Promise<void> {
  await Promise.all(
    nodes.map((node) =>
      eventually(
        () => node.transactions(of),
        (transactions) => transactions.every(isWished),
        TIMEOUT_MS,
      ),
    ),
  );
}
