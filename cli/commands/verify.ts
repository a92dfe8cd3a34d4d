/** Owns: `cairn verify`: a proof file checked with no node. Does not own: the checks (client). */
import { createReadStream, readFileSync } from 'node:fs';
import type { ProofVerdict } from '../../src/client/proofs.ts';
import { verifyProof } from '../../src/client/proofs.ts';
import { PROOF_LENGTH_MAX } from '../../src/core/rules/proof-file.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { showCoins } from '../format.ts';

interface VerifyArguments {
  readonly file: string;
  readonly header?: string;
  readonly genesis?: string;
}

export const verify: Command<VerifyArguments> = {
  options: {
    header: { kind: 'text', value: 'ID', summary: 'a header that you trust: its id' },
    genesis: { kind: 'text', value: 'FILE', summary: 'the network that it must be of' },
  },

  async run(context, { file, header, genesis }) {
    if (header !== undefined && !/^[0-9a-f]{64}$/i.test(header)) {
      throw usageError(`"${header}" is no header id: 64 hex digits`, 'cairn block HEIGHT');
    }
    const knowledge = { header, genesis: genesis && readGenesis(genesis) };
    const verdict = verifyProof(await readProof(file), knowledge);
    if (!verdict.valid) throw refusal(verdict);
    const { proven, proves, doesNotProve } = verdict;
    context.output.answer({ valid: true, ...proven, proves, doesNotProve }, () => lines(verdict));
    return undefined;
  },
};

function lines(verdict: ProofVerdict & { readonly valid: true }): readonly string[] {
  const { proven, proves, doesNotProve } = verdict;
  const outputs = proven.kind === 'transaction' ? proven.transaction.outputs : [];
  const ground = proven.trusted ? 'under the header that you named' : 'under the header it carries';
  return [
    `proved ${ground}`,
    ...proves.map((sentence) => `  ${sentence}`),
    ...outputs.map(({ address, amount }) => `  it pays ${showCoins(amount)} to ${address}`),
    'not proved',
    ...doesNotProve.map((sentence) => `  ${sentence}`),
  ];
}

function refusal(verdict: ProofVerdict & { readonly valid: false }): CliError {
  const { code, message, hint, facts } = verdict;
  const exit = code === 'proof-network-differs' ? EXIT.damaged : EXIT.refused;
  return new CliError(message, { code, exit, hint, data: facts });
}

/** The text of a proof, or as much of a longer one as shows that it is none. */
async function readProof(path: string): Promise<string> {
  const source = path === '-' ? process.stdin : createReadStream(path);
  try {
    let text = '';
    for await (const chunk of source) {
      text += (chunk as Buffer).toString('latin1');
      if (text.length > PROOF_LENGTH_MAX) break;
    }
    return text;
  } catch (cause) {
    throw new CliError(`the proof ${path} cannot be read`, {
      ...{ code: 'file-unreadable', exit: EXIT.failed, cause },
      hint: 'cairn verify FILE, or - for standard input',
    });
  }
}

function readGenesis(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(`the genesis file ${path} cannot be read`, {
      ...{ code: 'genesis-unreadable', exit: EXIT.failed, cause },
      hint: '--genesis FILE',
    });
  }
}
