import { availableParallelism, cpus, totalmem, type as system, release } from 'node:os';

/** One figure of a bench: what was measured, beside what, and the aim, if there is one. */
export interface Figure {
  name: string;
  /** ms of each sample. */
  samples: number[];
  /** ms of each sample of the peer, taken in turn with ours. */
  baseline: { name: string; samples: number[] };
  /** `ratio`: ours ÷ peer's median must not exceed it; `difference`: ours − peer's, in ms. */
  aim?: { kind: 'ratio' | 'difference'; most: number };
}

/** The middle of the samples; the mean of the two middle ones for an even count. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Takes samples of two things in turn, so that both see the same machine. */
export async function inTurn(
  count: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<{ ours: number[]; peer: number[] }> {
  const samples = { ours: [] as number[], peer: [] as number[] };
  for (let index = 0; index < count; index += 1) {
    samples.ours.push(await ours());
    samples.peer.push(await peer());
  }
  return samples;
}

/** How long something takes, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The machine that the figures come from. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${memory} GiB, ${system()} ${release()}, Node ${process.versions.node}`;
}

/** A figure as a table row, and whether its aim is met. */
export function row(figure: Figure): { cells: string[]; met: boolean } {
  const { name, samples, baseline, aim } = figure;
  const [ours, peer] = [median(samples), median(baseline.samples)];
  const value = aim?.kind === 'difference' ? ours - peer : ours / peer;
  const met = aim === undefined || value <= aim.most;
  const show = aim?.kind === 'difference' ? `+${ms(value)}` : `${value.toFixed(2)}×`;
  const wanted = aim === undefined ? '–' : aim.kind === 'difference' ? `≤ +${ms(aim.most)}` : `≤ ${aim.most}×`;
  return {
    cells: [name, spread(samples), `${baseline.name}: ${spread(baseline.samples)}`, show, wanted, met ? 'yes' : 'MISSED'],
    met,
  };
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function spread(samples: readonly number[]): string {
  return `${ms(median(samples))} (${ms(Math.min(...samples))}–${ms(Math.max(...samples))}, n=${samples.length})`;
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(2)} ms` : `${Math.round(value)} ms`;
}
