/**
 * Owns: who may reach the API at all: the Host and Origin rules and the headers that fence answers
 * in.
 * Does not own: the cookie (api/cookie). Against DNS rebinding and pages of other sites.
 */
import type { MiddlewareHandler } from 'hono';

const NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Why a caller is turned away. */
export interface CallerRefusal {
  readonly status: 421 | 403;
  readonly code: string;
  readonly message: string;
}

/** Admits callers that name this node as loopback and come from no other site. */
export function judgeCaller(
  headers: { readonly host: string | undefined; readonly origin: string | undefined },
  port: number,
): CallerRefusal | undefined {
  const { host, origin } = headers;
  const hosts = NAMES.map((name) => `${name}:${port}`);
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    const message = 'this node answers to loopback names only';
    return { status: 421, code: 'host-unknown', message };
  }
  if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) {
    const message = 'pages of other sites may not call a node';
    return { status: 403, code: 'origin-refused', message };
  }
  return undefined;
}

/** Fences every answer in, and turns away whom `judgeCaller` refuses. */
export function guardLoopback(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) context.header(name, value);
    const headers = { host: context.req.header('host'), origin: context.req.header('origin') };
    const refused = judgeCaller(headers, port());
    if (refused === undefined) return next();
    return context.json(refusal(refused.code, refused.message), refused.status);
  };
}

/** The body of an answer that is no JSON-RPC. */
export function refusal(
  code: string,
  message: string,
): {
  readonly error: { readonly code: string; readonly message: string };
} {
  return { error: { code, message } };
}
