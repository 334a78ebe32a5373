/**
 * What is counted. The order is the order in which denials are named:
 * where several limits are exhausted, rounds come before tokens.
 */
export const DIMENSIONS = ['rounds', 'tokens'] as const;

/** `rounds` are calls handed to a model; `tokens` is their reported usage, all kinds added. */
export type Dimension = (typeof DIMENSIONS)[number];

/** One whole number per dimension, 0 to 2^53 − 1. */
export type Amounts = Record<Dimension, number>;

/** Adds without leaving the whole numbers that JavaScript holds exactly; sticks at 2^53 − 1. */
export function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
