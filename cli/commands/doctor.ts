/** Owns: `cairn doctor`. Does not own: looking (lab/examination) or judging (lab/diagnosis). */
import type { Examination, Finding, NodeName } from '../../src/lab/diagnosis.ts';
import { diagnose, showNodeName } from '../../src/lab/diagnosis.ts';
import type { Outsider } from '../../src/lab/examination.ts';
import { examine } from '../../src/lab/examination.ts';
import { requireNode } from '../../src/lab/nodes.ts';
import type { NetworkRecord } from '../../src/lab/registry.ts';
import { nodePlace, readNetwork, requireNetwork } from '../../src/lab/registry.ts';
import { listSingleNodes } from '../../src/lab/single-nodes.ts';
import type { Command, Context } from '../command.ts';
import { EXIT, usageError } from '../errors.ts';
import { plural, showId, showTable } from '../format.ts';
import { resolveTarget } from '../target.ts';

export const doctor: Command = {
  options: {},

  async run(context) {
    const { home, network, output } = context;
    const found = readNetwork(home, network);
    const named = readName(context, found);
    const outsiders = findOutsiders(context, found, named);
    if (outsiders.length === 0 && found === undefined) requireNetwork(home, network);
    const examination = await output.during(
      () => 'asking the nodes',
      examine({ home, record: found, outsiders }),
    );
    const findings = diagnose(examination).filter(
      ({ nodes }) => named === undefined || nodes.length === 0 || nodes.includes(named),
    );
    output.answer(toJson(examination, findings), () => lines(examination, findings));
    return findings.length === 0 ? undefined : EXIT.failed;
  },
};

/** `--node` as the examination names it: a node of the network by its id. */
function readName(
  { home, node }: Context,
  record: NetworkRecord | undefined,
): NodeName | undefined {
  if (node === undefined) return undefined;
  if (/^https?:\/\//.test(node)) {
    const url = node.replace(/\/+$/, '');
    return record?.nodes.find(({ id }) => nodePlace(home, record, id).rpc === url)?.id ?? url;
  }
  if (!/^[1-9][0-9]*$/.test(node)) {
    throw usageError(`--node is a number or a URL, not "${node}"`, '--node 1');
  }
  if (record !== undefined) requireNode(record, Number(node));
  return Number(node);
}

/** The node named by URL; without a local network, all that run on their own. */
function findOutsiders(
  context: Context,
  record: NetworkRecord | undefined,
  named: NodeName | undefined,
): readonly Outsider[] {
  const singles = record === undefined ? listSingleNodes(context.home) : [];
  const urls = typeof named === 'string' ? [named] : singles.map(({ rpc }) => rpc);
  return urls.map((url) => ({ url, client: resolveTarget({ ...context, node: url }).client }));
}

function toJson({ network, nodes }: Examination, findings: readonly Finding[]): object {
  return {
    ...{ healthy: findings.length === 0, network: network ?? null },
    nodes: nodes.map(({ name, state, status }) => ({
      ...{ node: name, state, height: status?.height ?? null, tip: status?.tip ?? null },
    })),
    findings,
  };
}

function lines({ nodes }: Examination, findings: readonly Finding[]): readonly string[] {
  const rows = nodes.map(({ name, state, status, peers }) => {
    const facts = status === undefined ? [] : [String(status.height), showId(status.tip)];
    return [showNodeName(name), state, ...facts, ...(status ? [plural(peers.length, 'peer')] : [])];
  });
  const told = findings.flatMap(({ message, fix }) => [`  ✗ ${message}`, `    fix: ${fix}`]);
  return [...showTable(rows), ...(told.length === 0 ? ['  all well'] : told)];
}
