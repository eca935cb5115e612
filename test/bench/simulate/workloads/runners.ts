import type { TraceLine } from "../../../../src/core/what-if/trace.js";
import { Chance } from "./chance.js";
import { atWork, day, hour, isWorkday, Workload } from "./workload.js";

interface SharedRunner {
  readonly images: number;
  readonly usesPerDay: number;
  readonly exponent: number;
  /** Share of the images that change places in popularity every day. */
  readonly drift: number;
}

/** A runner that many share: public images, some far more popular than others. */
function sharedRunner(
  seed: number,
  { images: count, usesPerDay, exponent, drift }: SharedRunner,
): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const systems = Array.from({ length: 8 }, () => trace.layer(chance.size(60, 0.6)));
  const images = Array.from({ length: count }, (_, index) =>
    trace.image(`public${index >> 2}`, [
      chance.pick(systems),
      trace.layer(chance.size(80, 1.1)),
      trace.layer(chance.size(50, 1.2)),
    ]),
  );
  for (let number = 0; number < 90; number += 1) {
    for (let swaps = Math.floor(count * drift); swaps > 0; swaps -= 1) {
      const [one, other] = [chance.below(count), chance.below(count)];
      const [first, second] = [images[one], images[other]];
      if (first !== undefined && second !== undefined) [images[one], images[other]] = [second, first];
    }
    for (let uses = chance.count(usesPerDay * (isWorkday(number) ? 1 : 0.3)); uses > 0; uses -= 1) {
      const used = images[chance.popular(count, exponent)] ?? chance.pick(images);
      trace.use(used, atWork(chance, number), chance.wait(600));
    }
  }
  return trace.lines;
}

export function zipfRunner(seed: number): TraceLine[] {
  return sharedRunner(seed, { images: 400, usesPerDay: 260, exponent: 0.9, drift: 0.02 });
}

/** Uses without memory: independent of each other, the same for ever. */
export function independent(seed: number): TraceLine[] {
  return sharedRunner(seed, { images: 150, usesPerDay: 60, exponent: 0.7, drift: 0 });
}

/** Round and round through more images than fit. */
export function cycle(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const images = Array.from({ length: 40 }, (_, index) =>
    trace.image(`member${index % 5}`, [trace.layer(chance.size(200, 0.5))]),
  );
  let at = 0;
  for (let turn = 0; at < 60 * day; turn += 1) {
    at += 2 * hour * (0.9 + 0.2 * chance.next());
    const image = images[turn % images.length];
    if (image !== undefined) trace.use(image, at, 600);
  }
  return trace.lines;
}

/** Against foresight: images live for a few days and never come back, and jobs end when they have become a habit. */
export function sliding(seed: number): TraceLine[] {
  const chance = new Chance(seed);
  const trace = new Workload();
  const system = trace.layer(chance.size(70, 0.3));
  const make = (repository: string) => trace.image(repository, [system, trace.layer(chance.size(150, 0.7))]);
  const habits = Array.from({ length: 20 }, (_, index) => {
    const from = chance.below(60);
    return { image: make(`habit${index}`), from, until: from + chance.between(10, 29) };
  });
  let living: { readonly image: ReturnType<typeof make>; readonly until: number }[] = [];
  for (let number = 0; number < 90; number += 1) {
    living = living.filter(({ until }) => until > number);
    while (living.length < 14)
      living.push({ image: make(`short${chance.below(10)}`), until: number + chance.between(2, 5) });
    for (const { image } of living)
      for (let uses = chance.count(2.5); uses > 0; uses -= 1)
        trace.use(image, (number + chance.next()) * day, chance.wait(1200));
    for (const { image, from, until } of habits)
      if (number >= from && number < until)
        trace.use(image, number * day + 2 * hour + 600 * chance.next(), 900);
  }
  return trace.lines;
}
