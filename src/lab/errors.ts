/**
 * Owns: the codes of what can fail around the nodes of a local network.
 * Does not own: exit codes (cli) or what a node refuses (RPC errors of the client).
 */
import { OperationalError } from '../io/errors.ts';

export type LabErrorCode =
  | 'network-unknown'
  | 'network-running'
  | 'network-stopped'
  | 'network-busy'
  | 'network-damaged'
  | 'node-unknown'
  | 'node-stopped'
  | 'node-start-failed'
  | 'node-timeout'
  | 'ports-busy'
  | 'split-wrong'
  | 'link-unknown';

/** A failure of processes, files or ports around the nodes, with a way out where there is one. */
export function labError(
  code: LabErrorCode,
  message: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): OperationalError {
  return new OperationalError({ code, message, ...details });
}
