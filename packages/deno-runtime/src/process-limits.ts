import { existsSync } from 'node:fs';

/** Limits that the operating system itself keeps, for a process and all its threads. */
export interface ProcessLimits {
  /** Memory limit in MB of private writable mappings; turns ArrayBuffer and Wasm bombs into errors. */
  dataMb: number;
  /** CPU seconds, a backstop for a process that nobody watches any more. */
  cpuSeconds: number;
}

/**
 * Private writable mappings that Deno 2.9 sets up before a program's first byte, in MB: it starts at 600,
 * not at 550 (measured on Linux x86-64). Most of it is reserved, not used.
 */
export const ENGINE_DATA_MB = 600;

/**
 * Wraps a command so that the kernel limits it and, on Linux, kills it when its parent dies, however that dies.
 * Windows has neither: there only the host's own watch over time, memory and output remains.
 */
export function withProcessLimits(command: readonly string[], limits: ProcessLimits): string[] {
  if (process.platform === 'win32') return [...command];
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  const script = [
    'ulimit -c 0',
    'ulimit -f 0',
    'ulimit -n 256',
    `ulimit -t ${limits.cpuSeconds}`,
    // macOS knows the option and does not enforce it.
    `ulimit -d ${limits.dataMb * 1024} 2>/dev/null`,
    `exec ${setpriv ? `${setpriv} --pdeathsig KILL -- ` : ''}"$@"`,
  ].join('; ');
  return ['/bin/sh', '-c', script, 'sh', ...command];
}
