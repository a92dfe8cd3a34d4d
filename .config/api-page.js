/**
 * Writes docs/api.md from the OpenRPC document of a node: pure text from data.
 * Owns: how the reference reads. Does not own: what the API is (src/api/schemas).
 */

const INTRODUCTION = `# The API of a node

Written by \`.config/build-docs.js\` from the schemas that every call is checked by; the same as a machine reads it is
[openrpc.json](openrpc.json), and a running node answers its own by \`rpc.discover\`. Do not edit.

A node serves everything on one HTTP port of this computer, \`http://127.0.0.1:7401\` for the first node of a local network.

| Path | What |
| --- | --- |
| \`POST /rpc\` | JSON-RPC 2.0: parameters by name or by position, notifications, batches of up to 50; \`content-type: application/json\` |
| \`/ws\` | the same over a WebSocket, and subscriptions |
| \`GET /api/...\` | reads by path, see below |
| \`GET /metrics\` | numbers for Prometheus |
| \`GET /healthz\`, \`GET /readyz\` | 200 while it runs; 200 while its ledger is of one tip, else 503 and a reason |

Only loopback names are served (\`Host\`, else status 421), and no pages of other sites (\`Origin\`, else 403). Reading and submitting is open to whoever
reaches the port. Methods marked **cookie** need the header \`Authorization: Bearer\` with the content of the file \`cookie\` in the data folder
of the node, new at each start; those marked **lab** exist in nodes of a local network only. A WebSocket gives the header in its handshake.

\`\`\`
$ curl -s http://127.0.0.1:7401/rpc -H 'content-type: application/json' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"account.get","params":{"address":"crn1q..."}}'
$ curl -s http://127.0.0.1:7401/api/blocks/1
$ npx cairn rpc account.get address=crn1q...
\`\`\`

To pay: read \`nonce\` of \`account.get\`'s \`pending\` and the fee of \`tx.minimumFee\`, build and sign the transaction as in [protocol.md](protocol.md) (the network id
is in \`node.status\`), hand it in by \`tx.submit\`, and follow it by \`tx.get\`. Confirmations can go back to none when its block is reorganised out.

## Kinds of values

| Kind | Form |
| --- | --- |
| id | a block's or transaction's, 64 lower-case hex digits |
| address | bech32m text |
| coins | decimal string with at most 8 decimals, such as \`"1.5"\` |
| hashes | work and difficulty: expected hashes, decimal string |
| bits | compact target, 8 hex digits |
| hex | whole bytes, lower-case |
| height | whole number |
| seconds | since 1970 |

A type with \`?\` may be left out, one with \`or null\` may be null. More keys may be added to answers; none is taken away within a release line.
`;

const EVENTS = `## Events

\`events.subscribe\` on \`/ws\` is answered by a \`Subscribed\`; then come notifications, one event each:

\`\`\`
{"jsonrpc":"2.0","method":"event","params":{"subscription":1,"event":{"number":17,"timeMs":1790000000000,"topic":"tip","data":{...}}}}
\`\`\`

Numbers count all events since the start of the node (\`epoch\`), whatever their topic. Who comes back gives the last \`number\` it saw as \`after\` and its \`epoch\`, and
gets what it missed. A node keeps the last 10,000 events (4 MiB at most); when some are gone, \`gap\` says so: \`overrun\` with their number, or \`restarted\` when
the numbers are of another start. Then read the state anew. Who reads too slowly for that is disconnected. \`events.list\` pages through the same without a socket.

| Topic | Tells | Data |
| --- | --- | --- |
| tip | the connected tip moved | [TipEvent](#tipevent) |
| block | a block came (\`stored\`), was \`connected\` or \`disconnected\`, or refused | [BlockEvent](#blockevent) |
| tx | what became of a transaction that this node had in its pool | [TransactionEvent](#transactionevent) |
| reorg | blocks were taken off; what became of their transactions | [ReorgEvent](#reorgevent) |
| peer | a connection is ready, or ended | [PeerEvent](#peerevent) |
`;

/** The page for a document; \`restPaths\` names the method of each path under /api. */
export function renderApi(document, restPaths) {
  const { methods, components } = document;
  return [
    INTRODUCTION,
    '## Methods\n',
    ...methods.map(renderMethod),
    EVENTS,
    '## Reads by path\n',
    'Each answers the result of its method; its parameters stand in the path and the query, lists with commas. An error is',
    '`{"error": ErrorData}` with status 400, 404 for an unknown block, 503 from a node that stops.\n',
    table(
      ['Path', 'Method'],
      Object.entries(restPaths).map(([path, method]) => [`\`/api${path}\``, link(method, method)]),
    ),
    '## Errors\n',
    'A JSON-RPC error has a number, a sentence, and [ErrorData](#errordata). Programs decide by `data.code`, which is stable.\n',
    table(
      ['Number', 'When'],
      Object.values(components.errors).map(({ code, message }) => [String(code), message]),
    ),
    table(
      ['Code', 'Says'],
      Object.entries(document['x-error-codes']).map(([code, text]) => [`\`${code}\``, text]),
    ),
    '## Types\n',
    ...Object.entries(components.schemas).map(renderType),
  ].join('\n');
}

function renderMethod({ name, summary, params, result, 'x-access': access }) {
  const mark = access === 'open' ? '' : ` **${access}**`;
  const rows = params.map((param) => [
    `\`${param.name}\`${param.required ? '' : '?'}`,
    typeText(param.schema),
    param.description ?? '',
  ]);
  return [
    `### ${name}\n`,
    `${summary}${mark}\n`,
    ...(rows.length === 0 ? [] : [table(['Parameter', 'Type', ''], rows)]),
    `Answers ${typeText(result.schema)}.\n`,
  ].join('\n');
}

function renderType([name, schema]) {
  const choices = schema.oneOf ?? schema.anyOf;
  const body = choices
    ? choices.map((choice) => `- ${typeText(choice)}`).join('\n') + '\n'
    : table(['Key', 'Type', ''], fieldRows(schema));
  return `### ${name}\n\n${body}`;
}

function fieldRows({ properties = {}, required = [] }) {
  return Object.entries(properties).map(([key, field]) => [
    `\`${key}\`${required.includes(key) ? '' : '?'}`,
    typeText(field),
    field.description ?? '',
  ]);
}

function typeText(schema) {
  const { $ref, title, type, const: only, enum: words, anyOf, oneOf, items } = schema;
  if ($ref !== undefined) return link($ref.split('/').at(-1));
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.map(typeText).join(' or ');
  if (Array.isArray(type))
    return type.map((one) => typeText({ ...schema, type: one })).join(' or ');
  if (type === 'null') return 'null';
  if (title !== undefined) return title;
  if (type === 'array') return `list of ${typeText(items)}`;
  if (type !== 'object') return type === 'integer' ? 'whole number' : (type ?? 'anything');
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    return typeof additionalProperties === 'object'
      ? `map to ${typeText(additionalProperties)}`
      : 'object';
  }
  const fields = Object.entries(properties).map(
    ([key, field]) => `\`${key}\`${required.includes(key) ? '' : '?'}: ${typeText(field)}`,
  );
  return fields.length === 0 ? '`{}`' : `{ ${fields.join(', ')} }`;
}

function link(name, text = name) {
  return `[${text}](#${name.toLowerCase().replaceAll('.', '')})`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}
