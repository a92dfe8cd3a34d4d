/**
 * Owns: what a person may write for an account: an address, or a dev account's name on the dev
 * network.
 * Does not own: the dev accounts themselves (client).
 */
import type { StatusJson } from '../src/api/schemas/results.ts';
import { DEV_ACCOUNTS, DEV_NETWORK, findDevAccount } from '../src/client/dev-accounts.ts';
import { decodeAddress } from '../src/core/codec/address.ts';
import { CliError, EXIT, usageError } from './errors.ts';
import { suggest } from './suggestions.ts';

type NetworkFacts = Pick<StatusJson, 'network' | 'prefix'>;

export interface NamedAccount {
  /** As a person calls it: a name, or the address. */
  readonly name: string;
  readonly address: string;
}

/** Resolves an address or name on the network of the node that is asked. */
export function resolveAccount(text: string, network: NetworkFacts): NamedAccount {
  const dev = findDevAccount(text);
  if (dev !== undefined) {
    assertDevNetwork(text, network);
    return { name: text, address: dev.address };
  }
  if (decodeAddress(text, network.prefix).ok) {
    const known = network.network === DEV_NETWORK ? nameOf(text) : undefined;
    return { name: known ?? text, address: text };
  }
  throw noAccount(text, network.prefix);
}

/** Refuses the dev accounts, whose keys everybody knows, anywhere but on the dev network. */
export function assertDevNetwork(name: string, network: NetworkFacts): void {
  if (network.network === DEV_NETWORK) return;
  throw new CliError(
    `"${name}" is a public test key: it is refused on network "${network.network}"`,
    { code: 'dev-account-refused', exit: EXIT.refused, hint: 'name an address' },
  );
}

/** The dev account behind `--from`. */
export function requireSender(text: string | undefined, network: NetworkFacts): string {
  const hint = '--from alice';
  if (text === undefined) throw usageError('say who pays', hint);
  if (findDevAccount(text) !== undefined) {
    assertDevNetwork(text, network);
    return text;
  }
  const own = DEV_ACCOUNTS.find(({ address }) => address === text);
  if (own !== undefined) return requireSender(own.name, network);
  const names = DEV_ACCOUNTS.map(({ name }) => name);
  const meant = suggest(text, names);
  throw usageError(
    `there is no key for "${text}": payers are ${names.join(', ')}`,
    meant === undefined ? hint : `--from ${meant}`,
  );
}

function nameOf(address: string): string | undefined {
  return DEV_ACCOUNTS.find((account) => account.address === address)?.name;
}

function noAccount(text: string, prefix: string): CliError {
  const names = DEV_ACCOUNTS.map(({ name }) => name);
  const meant = suggest(text, names);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const isAddress = text.startsWith(`${prefix}1`);
  return new CliError(
    isAddress ? `"${text}" is no address: mistyped?` : `there is no account "${text}"${question}`,
    {
      code: isAddress ? 'address-malformed' : 'account-unknown',
      exit: EXIT.usage,
      hint: meant ?? `an address such as ${prefix}1..., or one of ${names.join(', ')}`,
    },
  );
}
