import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { withDeadline } from './deadline.ts';
import type { Target } from './resolve.ts';
import type { WireOptions } from './wire.ts';
import { openWire } from './wire.ts';

/** What {@link connect} needs beside the target. */
export interface ConnectOptions extends WireOptions {
  clientInfo: { name: string; version: string };
  /** For start and `initialize` together, in milliseconds. */
  timeoutMs: number;
  /** Its abort gives up: what was started is stopped. */
  signal: AbortSignal;
  /** The server's list of tools is not what it was. */
  onToolsChanged: () => void;
  /** The connection ended, whoever ended it. */
  onEnd: () => void;
  /** Receives every stop that has begun, so that a shutdown can wait for it. */
  track: (stopping: Promise<void>) => void;
}

/** A server that has answered `initialize`. */
export interface Connection {
  /** What the server declared. */
  capabilities: ServerCapabilities;
  /**
   * Sends a request and gives the raw result: judging it is the caller's, because the SDK would refuse a whole list of
   * tools for one that is malformed. Has no time limit of its own.
   */
  request: (method: 'tools/list' | 'tools/call', params: Record<string, unknown>, signal: AbortSignal) => Promise<Record<string, unknown>>;
  stop: () => Promise<void>;
  pid: () => number | undefined;
  /** What to tell a caller whose call was cut: `ended (signal SIGKILL)`. */
  ending: () => string;
}

/** The SDK's own timer must not fire before ours. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LATE = 'Received a response for an unknown message ID';
/** How long a server whose event stream broke may take to prove that it lives, in milliseconds. */
const PROBE_MS = 5000;

/**
 * Starts or reaches a server and initialises it. The SDK is loaded on the first call: most runs call no tool.
 *
 * @throws what went wrong; the stop of what was started has been handed to `track` by then.
 */
export async function connect(target: Target, options: ConnectOptions): Promise<Connection> {
  const [{ Client }, { ResultSchema, ToolListChangedNotificationSchema }, wire] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
    openWire(target, options),
  ]);
  const stop = (): void => options.track(wire.stop());
  const client = new Client(options.clientInfo, { capabilities: {} });
  client.onclose = () => {
    options.onEnd();
    stop();
  };
  const probe = async (): Promise<void> => {
    try {
      await client.ping({ timeout: PROBE_MS });
    } catch {
      stop();
    }
  };
  client.onerror = (error) => {
    // The SDK quotes an answer that came after its call was given up: that is the tool's data, not for a log.
    options.log(error.message.startsWith(LATE) ? 'an answer came too late' : `connection: ${error.message}`);
    // A broken stream ends no call: ask whether the server still knows us, and if not, end them all.
    if (target.kind === 'http' && error.message.startsWith('SSE stream disconnected')) void probe();
  };
  client.setNotificationHandler(ToolListChangedNotificationSchema, options.onToolsChanged);
  const { timeoutMs } = options;
  try {
    await withDeadline((signal) => client.connect(wire.transport, { timeout: LONGEST_TIMER_MS, signal }), {
      signals: [options.signal],
      onAbort: () => new Error('the gateway was closed'),
      timeoutMs,
      onTimeout: () => new Error(`it did not answer within ${timeoutMs} ms`),
    });
  } catch (error) {
    const exit = wire.exit();
    stop();
    throw exit === undefined ? error : new Error(`it ended before it was ready (${exit})`, { cause: error });
  }
  return {
    capabilities: client.getServerCapabilities() ?? {},
    request: (method, params, signal) => client.request({ method, params }, ResultSchema, { timeout: LONGEST_TIMER_MS, signal }),
    stop: wire.stop,
    pid: wire.pid,
    ending: () => `ended (${wire.exit() ?? 'connection lost'})`,
  };
}
