import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB; undefined where the platform does not tell, or the process is gone. */
export function residentMb(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // In kB, whatever the size of a page; a process that is ending has no such line.
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch {
    return undefined;
  }
}

/** Looks at a process's resident memory every `intervalMs` and calls `onExceeded` once it is over `limitMb`. */
export function watchMemory(pid: number, limitMb: number, onExceeded: () => void, intervalMs = 50): () => void {
  const timer = setInterval(() => {
    if ((residentMb(pid) ?? 0) <= limitMb) return;
    clearInterval(timer);
    onExceeded();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
