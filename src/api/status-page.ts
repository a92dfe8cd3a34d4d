/**
 * Owns: the plain page at `/`: what the node is doing, without scripts. Everything shown is
 * escaped.
 * Does not own: the live page (explorer) or the headers it is sent with (api/http).
 */
import { html } from 'hono/html';
import { blockToJson, peersToJson, statusToJson } from './to-json.ts';
import type { NodeView } from '../core/node/view.ts';
import type { NodeAccess } from './node-access.ts';
import type { BlockJson, PeerJson, StatusJson } from './schemas/results.ts';
import { toHeight } from '../core/base/types.ts';

const BLOCKS_SHOWN = 10;

type Html = ReturnType<typeof html>;

export const STATUS_PAGE_CSS = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid #8884; }
td { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
:root { color-scheme: light dark; }
`;

/** Writes the page for the state of the node now. */
export function renderStatusPage(view: NodeView, node: NodeAccess, rpcUrl: string): Html {
  const status = statusToJson(view, node, rpcUrl);
  const lowest = Math.max(0, status.height - BLOCKS_SHOWN + 1);
  const blocks: BlockJson[] = [];
  for (let height = status.height; height >= lowest; height--) {
    const block = view.blockAt(toHeight(height));
    if (block !== undefined) blocks.push(blockToJson(block, view.network, false));
  }
  return renderPage(status, blocks, peersToJson(view, node));
}

function renderPage(
  status: StatusJson,
  blocks: readonly BlockJson[],
  peers: readonly PeerJson[],
): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="refresh" content="5" />
        <title>Cairn: block ${status.height}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <h1>Cairn node</h1>
        <table>
          ${statusRows(status).map(
            ([name, value]) =>
              html`<tr>
                <th>${name}</th>
                <td>${value}</td>
              </tr>`,
          )}
        </table>
        <h2>Last blocks</h2>
        <table>
          <tr>
            <th>height</th>
            <th>id</th>
            <th>transactions</th>
          </tr>
          ${blocks.map(
            ({ height, id, transactions }) =>
              html`<tr>
                <td>${height}</td>
                <td>${id}</td>
                <td>${transactions.length}</td>
              </tr>`,
          )}
        </table>
        <h2>Peers</h2>
        <table>
          <tr>
            <th>address</th>
            <th>direction</th>
            <th>height</th>
            <th>agent</th>
          </tr>
          ${peers.map(
            ({ address, direction, height, agent }) =>
              html`<tr>
                <td>${address}</td>
                <td>${direction}</td>
                <td>${height}</td>
                <td>${agent}</td>
              </tr>`,
          )}
        </table>
        <p>This page refreshes itself. Programs call JSON-RPC 2.0 by POST to /rpc.</p>
      </body>
    </html> `;
}

function statusRows(status: StatusJson): readonly (readonly [string, string])[] {
  const { syncing, mempool, mining } = status;
  const sync = syncing === null ? 'in step' : `syncing to ${syncing.target}`;
  return [
    ['network', `${status.network} (${status.networkId})`],
    ['height', `${status.height}, ${status.reorganising ? 'reorganising' : sync}`],
    ['tip', status.tip],
    ['work', status.work],
    ['accounts root', status.accountsRoot],
    ['mempool', `${mempool.count} transactions, ${mempool.bytes} bytes`],
    ['mining', mining.to === null ? mining.mode : `${mining.mode}, paying ${mining.to}`],
    ['peers', `${status.peers}`],
    ['listens to peers at', status.p2p ?? 'nowhere'],
    ['version', status.version],
  ];
}
