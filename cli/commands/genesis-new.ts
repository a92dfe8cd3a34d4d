/** Owns: `cairn genesis new`. Does not own: what follows from what (lab/new-genesis). */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DEV_NETWORK } from '../../src/client/dev-accounts.ts';
import { decodeAddress } from '../../src/core/codec/address.ts';
import type { Output } from '../../src/core/codec/transaction.ts';
import { formatGenesisFile, parseGenesisFile } from '../../src/core/rules/genesis-file.ts';
import { createNetwork } from '../../src/core/rules/network.ts';
import { bitsToWork } from '../../src/core/rules/work.ts';
import { measureHashRate } from '../../src/io/mine/measure.ts';
import type { NewNetwork } from '../../src/lab/new-genesis.ts';
import { createParams } from '../../src/lab/new-genesis.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { showCount } from '../format.ts';
import { parseAmount, parseCount, parseSpan } from '../values.ts';

interface GenesisNewArguments {
  readonly file: string;
  readonly name?: string;
  readonly prefix?: string;
  readonly interval?: string;
  readonly reward?: string;
  readonly halving?: string;
  readonly difficulty?: string;
  readonly retarget?: string;
  readonly allocation?: readonly string[];
}

const U32_MAX = 2 ** 32 - 1;
const INTERVAL_RANGE = { min: 1, max: 86_400 } as const;
const DIFFICULTY_RANGE = { min: 2, max: 9_999_999_999 } as const;

export const genesisNew: Command<GenesisNewArguments> = {
  options: {
    name: { kind: 'text', value: 'NAME', summary: "the network's (that of the file)" },
    prefix: { kind: 'text', value: 'LETTERS', summary: 'how its addresses begin (crn)' },
    interval: { kind: 'text', value: 'TIME', summary: 'between blocks, on average (30s)' },
    reward: { kind: 'text', value: 'COINS', summary: 'of a block (50)' },
    halving: { kind: 'text', value: 'BLOCKS', summary: 'until the reward halves (210000)' },
    difficulty: { kind: 'text', value: 'HASHES', summary: 'of the first block (measured here)' },
    retarget: { kind: 'text', value: 'on|off', summary: 'whether the difficulty follows (on)' },
    allocation: {
      kind: 'list',
      value: 'ADDRESS=COINS',
      summary: 'coins from the start; repeatable',
    },
  },

  async run(context, args) {
    const { output } = context;
    const { file, name, ...fixed } = readArguments(args);
    const { intervalSeconds } = fixed;
    const hashRate =
      args.difficulty === undefined
        ? await output.during(() => 'measuring the hash rate', measureHashRate())
        : null;
    const difficulty = BigInt(
      hashRate === null
        ? parseCount('--difficulty', args.difficulty ?? '', DIFFICULTY_RANGE)
        : Math.max(DIFFICULTY_RANGE.min, hashRate * intervalSeconds),
    );
    const text = formatGenesisFile(createParams({ name, difficulty, ...fixed }));
    const checked = parseGenesisFile(text);
    if (!checked.ok) throw refused(checked.code, checked.facts);
    writeNew(file, text);
    const { id: networkId } = createNetwork(checked.value);
    const data = { file, name, networkId, hashRate, difficulty: `${difficulty}` };
    output.answer({ ...data, intervalSeconds }, () => {
      const needed = showCount(Number(bitsToWork(checked.value.bits)) / intervalSeconds);
      const who = hashRate === null ? '' : ', which this machine does';
      return [
        `network ${name} (${networkId}) in ${file}`,
        `  a block every ${intervalSeconds} s at ${needed}H/s${who}`,
      ];
    });
    output.next(`cairn node start --genesis ${file} --mine continuous --to ADDRESS`);
    return undefined;
  },
};

function readArguments(
  args: GenesisNewArguments,
): Omit<NewNetwork, 'difficulty'> & { readonly file: string } {
  const { file, prefix = 'crn' } = args;
  const name = args.name ?? basename(file).replace(/\.json$/, '');
  if (name === DEV_NETWORK) {
    throw usageError(`"${DEV_NETWORK}" is the network of the public test keys`, '--name NAME');
  }
  return {
    ...{ file, name, prefix },
    intervalSeconds: parseInterval(args.interval ?? '30s'),
    allocations: (args.allocation ?? []).map((text) => parseAllocation(text, prefix)),
    retarget: parseSwitch('--retarget', args.retarget ?? 'on'),
    reward: parseAmount(args.reward ?? '50'),
    halvingBlocks: parseCount('--halving', args.halving ?? '210000', { min: 1, max: U32_MAX }),
  };
}

function parseInterval(text: string): number {
  const seconds = parseSpan('--interval', text) / 1000;
  if (Number.isInteger(seconds) && seconds <= INTERVAL_RANGE.max) return seconds;
  throw usageError(`--interval is whole seconds, at most a day, not "${text}"`);
}

function parseSwitch(name: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw usageError(`${name} is on or off, not "${text}"`);
}

function parseAllocation(text: string, prefix: string): Output {
  const [, address = '', coins = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const decoded = decodeAddress(address, prefix);
  if (decoded.ok) return { address: decoded.value, amount: parseAmount(coins) };
  throw usageError(
    `--allocation is an address that begins with ${prefix}1, "=" and coins, not "${text}"`,
  );
}

function refused(code: string, facts: Readonly<Record<string, unknown>>): CliError {
  const key = 'key' in facts ? ` (${String(facts['key'])})` : '';
  return new CliError(`such a network is refused: ${code}${key}`, {
    ...{ code, exit: EXIT.usage },
    hint: 'cairn genesis new --help',
  });
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new CliError(exists ? `${file} is there already` : `${file} cannot be written`, {
      ...{ code: exists ? 'file-exists' : 'file-not-writable', exit: EXIT.failed, cause },
      hint: exists ? `cairn genesis show ${file}` : 'name another file',
    });
  }
}
