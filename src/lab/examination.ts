/**
 * Owns: asking nodes all that a diagnosis needs, and finding where their chains part.
 * Does not own: what it means (diagnosis).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../api/schemas/results.ts';
import type { Client } from '../client/client.ts';
import { readNetwork as readGenesis } from '../io/genesis-copy.ts';
import type { ExaminedNode, Examination, NodeName, Parting } from './diagnosis.ts';
import { packageVersion } from './home.ts';
import { nodeClient } from './node-client.ts';
import type { NetworkRecord } from './registry.ts';
import { genesisFile, nodePlace } from './registry.ts';

const CALL = { timeoutMs: 5000 } as const;
/** A block takes this long at most to reach every node of a healthy network. */
const SETTLE_MS = 3000;
const POLL_MS = 50;

/** A node that is no part of the local network. */
export interface Outsider {
  readonly url: string;
  readonly client: Client;
}

interface Member {
  readonly name: NodeName;
  readonly rpc: string;
  /** Undefined for a node that is known to be stopped. */
  readonly client: Client | undefined;
}

interface Answer {
  readonly member: Member;
  readonly status: StatusJson | undefined;
  readonly clockAheadMs: number;
}

/** Looks at all nodes of a local network, if there is one, and at others. */
export async function examine(options: {
  readonly home: string;
  readonly record: NetworkRecord | undefined;
  readonly outsiders: readonly Outsider[];
}): Promise<Examination> {
  const { home, record, outsiders } = options;
  const members = [
    ...(record?.nodes ?? []).map(({ id, process }): Member => {
      const place = nodePlace(home, record!, id);
      const client = process === null ? undefined : nodeClient(place);
      return { name: id, rpc: place.rpc, client };
    }),
    ...outsiders.map(({ url, client }): Member => ({ name: url, rpc: url, client })),
  ];
  const isSplit = record !== undefined && record.split !== null;
  const answers = await askUntilSettled(members, isSplit);
  const genesis = record === undefined ? undefined : genesisFile(home, record.name);
  const networkId =
    genesis === undefined
      ? answers.find(({ status }) => status !== undefined)?.status?.networkId
      : readGenesis(genesis).id;
  return {
    network: record?.name,
    ...{ networkId, genesisFile: genesis, version: packageVersion() },
    split: record?.split?.groups,
    hasLab: record !== undefined && record.lab !== null,
    nodes: await Promise.all(answers.map((answer) => describe(answer, answers, networkId))),
  };
}

/** Blocks on their way are no disease: tips that differ are looked at again for a while. */
async function askUntilSettled(
  members: readonly Member[],
  isSplit: boolean,
): Promise<readonly Answer[]> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const answers = await Promise.all(members.map(ask));
    const tips = new Set(answers.flatMap(({ status }) => status?.tip ?? []));
    if (tips.size <= 1 || isSplit || performance.now() > deadline) return answers;
    await delay(POLL_MS);
  }
}

async function ask(member: Member): Promise<Answer> {
  const status = await member.client?.call('node.status', {}, CALL).catch(() => undefined);
  const clockAheadMs = status === undefined ? 0 : status.time * 1000 - Date.now();
  return { member, status, clockAheadMs };
}

async function describe(
  answer: Answer,
  answers: readonly Answer[],
  networkId: string | undefined,
): Promise<ExaminedNode> {
  const { member, status, clockAheadMs } = answer;
  const { name, rpc, client } = member;
  const state = client === undefined ? 'stopped' : status === undefined ? 'silent' : 'running';
  const listed = await client?.call('peers.list', {}, CALL).catch(() => undefined);
  const peers = listed?.peers.map(({ address }) => address) ?? [];
  const alike = answers.filter((other) => other.status?.networkId === networkId);
  const parting = alike.includes(answer) ? await findParting(answer, alike) : undefined;
  return { name, rpc, state, status, peers, clockAheadMs, parting };
}

/** Compares with the node that has most work, the first of several. */
async function findParting(
  { member, status }: Answer,
  alike: readonly Answer[],
): Promise<Parting | undefined> {
  const [best] = [...alike].sort((a, b) => compareWork(b, a));
  if (best === undefined || best.status?.tip === status?.tip) return undefined;
  const [one, other] = [member.client, best.member.client];
  if (one === undefined || other === undefined || !status || !best.status) return undefined;
  const of = best.member.name;
  const top = Math.min(status.height, best.status.height);
  try {
    if ((await idAt(other, status.height)) === status.tip) {
      return { kind: 'behind', of, blocks: best.status.height - status.height };
    }
    return { kind: 'fork', of, height: await firstDifference(one, other, top) };
  } catch {
    // A chain moved while it was read: there is nothing to tell for sure.
    return undefined;
  }
}

/** By halving: chains that differ at a height differ at all above it. */
async function firstDifference(one: Client, other: Client, top: number): Promise<number> {
  let [same, differs] = [0, top + 1];
  while (differs - same > 1) {
    const middle = Math.floor((same + differs) / 2);
    const [left, right] = await Promise.all([idAt(one, middle), idAt(other, middle)]);
    if (left === right) same = middle;
    else differs = middle;
  }
  return differs;
}

async function idAt(client: Client, height: number): Promise<string | undefined> {
  const block = await client.call('block.get', { block: height }, CALL).catch(() => undefined);
  return block?.id;
}

function compareWork(a: Answer, b: Answer): number {
  const [left, right] = [a, b].map(({ status }) => BigInt(status?.work ?? 0));
  return left === right ? 0 : left! < right! ? -1 : 1;
}
