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
    const sums: number[] = [];
    let sum = 0;
    for (let number = 1; number <= end; number += 1) sums.push((sum += number ** -exponent));
    const drawn = this.next() * sum;
    return Math.min(
      end - 1,
      sums.findIndex((each) => each > drawn),
    );
  }
}
