/**
 * Owns: turning whatever was thrown into an explained failure with its exit code.
 * Does not own: how it is printed (errors).
 */
import { RpcError } from '../src/client/rpc-error.ts';
import { OperationalError } from '../src/io/errors.ts';
import { isNetworkRunning, listNetworks } from '../src/lab/registry.ts';
import type { ExitCode } from './errors.ts';
import { CliError, EXIT } from './errors.ts';
import { showSpan } from './format.ts';

const EXIT_BY_CODE: Readonly<Record<string, ExitCode>> = {
  'network-stopped': EXIT.unreachable,
  'network-damaged': EXIT.damaged,
  'node-unknown': EXIT.usage,
  'node-stopped': EXIT.unreachable,
  'node-timeout': EXIT.timeout,
  'split-wrong': EXIT.usage,
  'link-unknown': EXIT.usage,
  'call-timed-out': EXIT.timeout,
  'wait-timed-out': EXIT.timeout,
  'answer-malformed': EXIT.failed,
  'address-malformed': EXIT.usage,
  'amount-malformed': EXIT.usage,
  'memo-too-long': EXIT.usage,
  'params-invalid': EXIT.usage,
  'peer-address-malformed': EXIT.usage,
  'not-allowed': EXIT.notAllowed,
  'block-unknown': EXIT.failed,
};
/** A node's verdict on what was sent, by the family of its code. */
const REFUSAL = /^(tx|block|header|coinbase)-/;
const EXIT_CODES = new Set<number>(Object.values(EXIT));

/** Explains any error; `home` is where the registry lies. */
export function toCliError(error: unknown, home: string): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof RpcError) return explainRpc(error, home);
  if (error instanceof OperationalError) {
    const { code, hint, exitCode } = error;
    const exit = isExitCode(exitCode) ? exitCode : exitOf(code);
    return new CliError(error.message, { code, exit, hint, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(message, { code: 'failed', exit: EXIT.failed, cause: error });
}

function explainRpc(error: RpcError, home: string): CliError {
  const { code, message, hint, data } = error;
  if (code !== 'node-unreachable') {
    return new CliError(message, { code, exit: exitOf(code), hint, data, cause: error });
  }
  return new CliError(message, {
    ...{ code, exit: EXIT.unreachable, data, cause: error },
    ...unreachableAdvice(home),
  });
}

function exitOf(code: string): ExitCode {
  return EXIT_BY_CODE[code] ?? (REFUSAL.test(code) ? EXIT.refused : EXIT.failed);
}

function isExitCode(value: number | undefined): value is ExitCode {
  return value !== undefined && EXIT_CODES.has(value);
}

function unreachableAdvice(home: string): { readonly notes: string[]; readonly hint: string } {
  const networks = listNetworks(home);
  const running = networks.find(isNetworkRunning);
  if (running !== undefined) {
    const flag = running.name === 'default' ? '' : ` -p ${running.name}`;
    return {
      notes: [`local network "${running.name}" is running`],
      hint: `cairn ps${flag}   ·   or name a node: --node http://host:port`,
    };
  }
  const stops = networks.flatMap(({ name, stoppedAtMs }) =>
    stoppedAtMs === null ? [] : [{ name, stoppedAtMs }],
  );
  const [last] = stops.sort((a, b) => b.stoppedAtMs - a.stoppedAtMs);
  const ended =
    last === undefined
      ? ''
      : `; last one was "${last.name}", stopped ${showSpan(Date.now() - last.stoppedAtMs)} ago`;
  return {
    notes: [`no local network is running${ended}`],
    hint: 'cairn up   ·   or name one: --node http://host:port',
  };
}
