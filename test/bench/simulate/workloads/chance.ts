import { Random } from "../../../torture/random.js";

/** Draws what a workload needs. */
export class Chance extends Random {
  /** Exponentially distributed. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Log-normally distributed, in bytes. */
  size(medianMegabytes: number, spread: number): number {
    return Math.round(medianMegabytes * 1e6 * Math.exp(spread * this.normal()));
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Poisson distributed. */
  count(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let count = 0;
    for (let left = this.wait(1); left < mean; left += this.wait(1)) count += 1;
    return count;
  }

  /** A number below `end`, the lower the more often: by 1 / (number + 1) ** exponent. */
  popular(end: number, exponent: number): number {
    const sums = sumsUpTo(end, exponent);
    const drawn = this.next() * (sums[end - 1] ?? 0);
    let [first, last] = [0, end - 1];
    while (first < last) {
      const middle = (first + last) >> 1;
      if ((sums[middle] ?? 0) > drawn) last = middle;
      else first = middle + 1;
    }
    return first;
  }
}

const sumsByExponent = new Map<number, number[]>();

/** Of 1 / number ** exponent, from 1 on; at least so many. They are drawn from by the ten thousand. */
function sumsUpTo(end: number, exponent: number): readonly number[] {
  const sums = sumsByExponent.get(exponent) ?? [];
  sumsByExponent.set(exponent, sums);
  while (sums.length < end) sums.push((sums.at(-1) ?? 0) + (sums.length + 1) ** -exponent);
  return sums;
}
