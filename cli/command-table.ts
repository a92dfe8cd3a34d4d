/**
 * Owns: the list of commands: their words, arguments, order in help, and where they are loaded
 * from.
 * Does not own: their options and work (commands/*), which are loaded only when they run.
 */
import type { Command } from './command.ts';

export interface CommandEntry {
  /** One or two words. */
  readonly words: string;
  /** Positionals, as yargs and people read them: `<to> <amount>`. */
  readonly positionals: string;
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<Command>;
}

const LAB = 'Local network';
const MONEY = 'Payments';
const WALLETS = 'Wallets';
const CHAIN = 'Chain';
const NODE = 'Nodes';
const PROGRAM = 'This program';
/** Started by other commands, not by people. */
export const HIDDEN_GROUP = '';

export const COMMANDS: readonly CommandEntry[] = [
  {
    words: 'up',
    positionals: '',
    group: LAB,
    summary: 'start a local network',
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    words: 'down',
    positionals: '',
    group: LAB,
    summary: 'stop it; its state stays',
    load: async () => (await import('./commands/down.ts')).down,
  },
  {
    words: 'ps',
    positionals: '',
    group: LAB,
    summary: 'list running networks and nodes',
    load: async () => (await import('./commands/ps.ts')).ps,
  },
  {
    words: 'logs',
    positionals: '[nodes..]',
    group: LAB,
    summary: 'show what nodes printed',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    words: 'split',
    positionals: '<groups..>',
    group: LAB,
    summary: 'cut it: split 1 2,3',
    load: async () => (await import('./commands/split.ts')).split,
  },
  {
    words: 'heal',
    positionals: '',
    group: LAB,
    summary: 'restore all links',
    load: async () => (await import('./commands/heal.ts')).heal,
  },
  {
    words: 'delay',
    positionals: '<link> <time>',
    group: LAB,
    summary: 'make a link slow: delay 1-2 300ms, off',
    load: async () => (await import('./commands/delay.ts')).delay,
  },
  {
    words: 'tree',
    positionals: '',
    group: LAB,
    summary: 'draw the block tree of all nodes',
    load: async () => (await import('./commands/tree.ts')).tree,
  },
  {
    words: 'doctor',
    positionals: '',
    group: LAB,
    summary: 'which nodes differ, why, and what to do',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    words: 'explorer',
    positionals: '',
    group: LAB,
    summary: 'open the status page',
    load: async () => (await import('./commands/explorer.ts')).explorer,
  },
  {
    words: 'start',
    positionals: '<nodes..>',
    group: NODE,
    summary: 'start a stopped node',
    load: async () => (await import('./commands/start.ts')).start,
  },
  {
    words: 'stop',
    positionals: '<nodes..>',
    group: NODE,
    summary: 'stop a node in order',
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    words: 'restart',
    positionals: '<nodes..>',
    group: NODE,
    summary: 'stop and start a node',
    load: async () => (await import('./commands/restart.ts')).restart,
  },
  {
    words: 'kill',
    positionals: '<nodes..>',
    group: NODE,
    summary: 'end a node as a crash does',
    load: async () => (await import('./commands/kill.ts')).kill,
  },
  {
    words: 'node start',
    positionals: '',
    group: NODE,
    summary: 'run one real node here',
    load: async () => (await import('./commands/node-start.ts')).nodeStart,
  },
  {
    words: 'node status',
    positionals: '',
    group: NODE,
    summary: 'what a node is doing',
    load: async () => (await import('./commands/node-status.ts')).nodeStatus,
  },
  {
    words: 'node stop',
    positionals: '',
    group: NODE,
    summary: 'end a node in order',
    load: async () => (await import('./commands/node-stop.ts')).nodeStop,
  },
  {
    words: 'node verify',
    positionals: '',
    group: NODE,
    summary: "check a stopped node's data",
    load: async () => (await import('./commands/node-verify.ts')).nodeVerify,
  },
  {
    words: 'node reindex',
    positionals: '',
    group: NODE,
    summary: "rebuild a stopped node's data from its blocks",
    load: async () => (await import('./commands/node-reindex.ts')).nodeReindex,
  },
  {
    words: 'genesis new',
    positionals: '<file>',
    group: NODE,
    summary: 'make a network of your own',
    load: async () => (await import('./commands/genesis-new.ts')).genesisNew,
  },
  {
    words: 'genesis show',
    positionals: '[file]',
    group: NODE,
    summary: 'what a network consists of',
    load: async () => (await import('./commands/genesis-show.ts')).genesisShow,
  },
  {
    words: 'peers',
    positionals: '',
    group: NODE,
    summary: "list a node's peers",
    load: async () => (await import('./commands/peers.ts')).peers,
  },
  {
    words: 'peers add',
    positionals: '<url>',
    group: NODE,
    summary: 'connect to a peer',
    load: async () => (await import('./commands/peers-add.ts')).peersAdd,
  },
  {
    words: 'peers drop',
    positionals: '<id>',
    group: NODE,
    summary: 'drop a connection',
    load: async () => (await import('./commands/peers-drop.ts')).peersDrop,
  },
  {
    words: 'send',
    positionals: '<to> <amount>',
    group: MONEY,
    summary: 'pay an account',
    load: async () => (await import('./commands/send.ts')).send,
  },
  {
    words: 'faucet',
    positionals: '<to> [amount]',
    group: MONEY,
    summary: 'get dev coins',
    load: async () => (await import('./commands/faucet.ts')).faucet,
  },
  {
    words: 'account',
    positionals: '<account>',
    group: MONEY,
    summary: 'balance and nonce',
    load: async () => (await import('./commands/account.ts')).account,
  },
  {
    words: 'tx show',
    positionals: '<id>',
    group: MONEY,
    summary: 'what became of a payment',
    load: async () => (await import('./commands/tx-show.ts')).txShow,
  },
  {
    words: 'tx build',
    positionals: '<to> <amount>',
    group: MONEY,
    summary: 'make a payment without a node',
    load: async () => (await import('./commands/tx-build.ts')).txBuild,
  },
  {
    words: 'tx sign',
    positionals: '<unsigned>',
    group: MONEY,
    summary: 'sign it without a node',
    load: async () => (await import('./commands/tx-sign.ts')).txSign,
  },
  {
    words: 'tx decode',
    positionals: '<hex>',
    group: MONEY,
    summary: 'what a payment says',
    load: async () => (await import('./commands/tx-decode.ts')).txDecode,
  },
  {
    words: 'tx push',
    positionals: '<raw>',
    group: MONEY,
    summary: 'give a signed one to a node',
    load: async () => (await import('./commands/tx-push.ts')).txPush,
  },
  {
    words: 'mempool',
    positionals: '',
    group: MONEY,
    summary: 'payments not yet in a block',
    load: async () => (await import('./commands/mempool.ts')).mempool,
  },
  {
    words: 'wallet new',
    positionals: '<name>',
    group: WALLETS,
    summary: 'make a wallet',
    load: async () => (await import('./commands/wallet-new.ts')).walletNew,
  },
  {
    words: 'wallet restore',
    positionals: '<name>',
    group: WALLETS,
    summary: 'make one again from its words',
    load: async () => (await import('./commands/wallet-restore.ts')).walletRestore,
  },
  {
    words: 'wallet list',
    positionals: '',
    group: WALLETS,
    summary: 'list wallets and dev accounts',
    load: async () => (await import('./commands/wallet-list.ts')).walletList,
  },
  {
    words: 'wallet show',
    positionals: '[name]',
    group: WALLETS,
    summary: "a wallet's accounts and file",
    load: async () => (await import('./commands/wallet-show.ts')).walletShow,
  },
  {
    words: 'wallet balance',
    positionals: '[name]',
    group: WALLETS,
    summary: 'what it holds',
    load: async () => (await import('./commands/wallet-balance.ts')).walletBalance,
  },
  {
    words: 'wallet history',
    positionals: '[name]',
    group: WALLETS,
    summary: 'what changed it, newest first',
    load: async () => (await import('./commands/wallet-history.ts')).walletHistory,
  },
  {
    words: 'wallet address',
    positionals: '[name]',
    group: WALLETS,
    summary: 'where it is paid',
    load: async () => (await import('./commands/wallet-address.ts')).walletAddress,
  },
  {
    words: 'wallet export',
    positionals: '[name]',
    group: WALLETS,
    summary: 'show its words, for a backup',
    load: async () => (await import('./commands/wallet-export.ts')).walletExport,
  },
  {
    words: 'wallet passwd',
    positionals: '[name]',
    group: WALLETS,
    summary: 'change its passphrase',
    load: async () => (await import('./commands/wallet-passwd.ts')).walletPasswd,
  },
  {
    words: 'wallet remove',
    positionals: '<name>',
    group: WALLETS,
    summary: 'remove its file',
    load: async () => (await import('./commands/wallet-remove.ts')).walletRemove,
  },
  {
    words: 'mine',
    positionals: '[count]',
    group: CHAIN,
    summary: 'mine blocks now',
    load: async () => (await import('./commands/mine.ts')).mine,
  },
  {
    words: 'mine auto',
    positionals: '<plan>',
    group: CHAIN,
    summary: 'mine by itself: 5s, on-tx, continuous, off',
    load: async () => (await import('./commands/mine-auto.ts')).mineAuto,
  },
  {
    words: 'chain',
    positionals: '',
    group: CHAIN,
    summary: 'where a node stands',
    load: async () => (await import('./commands/chain.ts')).chain,
  },
  {
    words: 'chain tips',
    positionals: '',
    group: CHAIN,
    summary: 'the branches a node knows',
    load: async () => (await import('./commands/chain-tips.ts')).chainTips,
  },
  {
    words: 'block',
    positionals: '<block>',
    group: CHAIN,
    summary: 'one block: HEIGHT or ID',
    load: async () => (await import('./commands/block.ts')).block,
  },
  {
    words: 'watch',
    positionals: '[topic]',
    group: CHAIN,
    summary: 'what happens, one line each: tip, block, tx, reorg, peer',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    words: 'rpc',
    positionals: '[method] [params..]',
    group: NODE,
    summary: 'call any method of a node: rpc --list',
    load: async () => (await import('./commands/rpc.ts')).rpc,
  },
  {
    words: 'prove tx',
    positionals: '<id>',
    group: CHAIN,
    summary: 'prove that a payment is in a block: > FILE',
    load: async () => (await import('./commands/prove-tx.ts')).proveTx,
  },
  {
    words: 'prove account',
    positionals: '<account>',
    group: CHAIN,
    summary: 'prove a balance, or that there is none: > FILE',
    load: async () => (await import('./commands/prove-account.ts')).proveAccount,
  },
  {
    words: 'prove history',
    positionals: '<from> [to]',
    group: CHAIN,
    summary: 'prove that a ledger grew from an earlier one: > FILE',
    load: async () => (await import('./commands/prove-history.ts')).proveHistory,
  },
  {
    words: 'verify',
    positionals: '<file>',
    group: CHAIN,
    summary: 'check a proof; asks no node',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    words: 'config',
    positionals: '',
    group: PROGRAM,
    summary: 'the settings in force, and where each comes from',
    load: async () => (await import('./commands/config.ts')).config,
  },
  {
    words: 'completion',
    positionals: '<shell>',
    group: PROGRAM,
    summary: 'a script that completes commands: bash, zsh, fish',
    load: async () => (await import('./commands/completion.ts')).createCompletion(visible()),
  },
  {
    words: 'lab-process',
    positionals: '',
    group: HIDDEN_GROUP,
    summary: 'serve and mine',
    load: async () => (await import('./commands/lab-process.ts')).labProcess,
  },
];

/** The commands for people. */
function visible(): readonly CommandEntry[] {
  return COMMANDS.filter(({ group }) => group !== HIDDEN_GROUP);
}
