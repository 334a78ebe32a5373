import { EDGE, idFromEdges, tooLarge, unusableAnswer } from './oversize.ts';

/** The part of `fetch` that the transport uses. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * A fetch whose answers cannot fill the memory. A JSON body over the limit is replaced by a JSON-RPC error for the
 * request that it answers; an event stream lives long, so there the limit holds for one line, and the stream ends with
 * that error. A body of any other kind fails.
 *
 * @param fetch What to ask. Redirects, headers and signals pass through.
 */
export function boundFetch(fetch: Fetch, maxBytes: number): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!response.body) return response;
    const body = typeof init?.body === 'string' ? init.body : '';
    const id = idFromEdges(body.slice(0, EDGE), body.slice(-EDGE));
    const substitute = id === undefined ? undefined : JSON.stringify(unusableAnswer(id, tooLarge(maxBytes)));
    const type = response.headers.get('content-type') ?? '';
    const isStream = type.includes('text/event-stream');
    const bounded = isStream ? response.body.pipeThrough(limitLines(maxBytes, substitute)) : await readAll(response.body, maxBytes, substitute);
    const copy = new Response(bounded, { status: response.status, statusText: response.statusText, headers: response.headers });
    // The transport resolves redirects against the address that answered, which a new Response does not have.
    Object.defineProperty(copy, 'url', { value: response.url });
    return copy;
  };
}

async function readAll(body: ReadableStream<Uint8Array<ArrayBuffer>>, maxBytes: number, substitute: string | undefined): Promise<BodyInit> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes && substitute !== undefined) return substitute;
    if (size > maxBytes) throw new Error(tooLarge(maxBytes));
    parts.push(chunk);
  }
  return new Blob(parts);
}

function limitLines(maxBytes: number, substitute: string | undefined): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let size = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      const newline = chunk.lastIndexOf(10);
      size = newline < 0 ? size + chunk.length : chunk.length - newline - 1;
      if (size <= maxBytes) {
        controller.enqueue(chunk);
      } else if (substitute === undefined) {
        controller.error(new Error(tooLarge(maxBytes)));
      } else {
        // The blank line ends the event that was cut, which then fails to parse.
        controller.enqueue(new TextEncoder().encode(`\n\nevent: message\ndata: ${substitute}\n\n`));
        controller.terminate();
      }
    },
  });
}
