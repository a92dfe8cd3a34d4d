/**
 * Owns: what the lab process of a network does as long as it lives: serve the base port, mine by
 * plan.
 * Does not own: starting the nodes (network) or ending them.
 */
import { driveMining } from './mining-driver.ts';
import { requireNetwork } from './registry.ts';
import { serveLab } from './server.ts';

/** A running lab; `stop` leaves the nodes alone. */
export interface Lab {
  stop(): Promise<void>;
}

export async function startLab(options: {
  readonly home: string;
  readonly name: string;
  /** The address that automatic mining pays. */
  readonly to: string;
  readonly report: (text: string) => void;
}): Promise<Lab> {
  const { home, name } = options;
  const server = await serveLab({ home, name, port: requireNetwork(home, name).portBase });
  const ending = new AbortController();
  const mining = driveMining({ ...options, signal: ending.signal });
  return {
    async stop() {
      ending.abort();
      server.close();
      server.closeAllConnections();
      await mining;
    },
  };
}
